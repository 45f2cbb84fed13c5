package dhara.formats;

import dhara.formats.mapping.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Finds, before events are read, the required components of a record that have no field. */
final class FieldCheck {

  private static final int SHOWN = 30;

  private final RecordReader<?> reader;
  private final Class<?> type;
  private final String what;

  private FieldCheck(RecordReader<?> reader, Class<?> type, String what) {
    this.reader = reader;
    this.type = type;
    this.what = what;
  }

  /**
   * The check of a record.
   *
   * @param what the word for a field: a column
   */
  static FieldCheck of(RecordReader<?> reader, Class<?> type, String what) {
    return new FieldCheck(reader, type, what);
  }

  /**
   * Checks that every required component has a field.
   *
   * @throws IllegalArgumentException naming all that have none
   */
  void check(Collection<String> there) {
    List<String> missing = new ArrayList<>();
    List<String> maps = new ArrayList<>();
    for (int slot : reader.required()) {
      List<String> sources = reader.sources(slot);
      boolean built = reader.isBuilt(slot);
      boolean found =
          built ? there.containsAll(sources) : sources.stream().anyMatch(there::contains);
      if (!found && !sources.isEmpty()) {
        missing.add(String.join(built ? " and " : " or ", sources));
        String name = reader.component(slot);
        Collection<String> shown = reader.hides() ? List.of() : there;
        maps.add(name + "=" + Names.like(name, shown).orElse(what.toUpperCase(Locale.ROOT)));
      }
    }
    if (!missing.isEmpty()) {
      boolean one = missing.size() == 1;
      throw new IllegalArgumentException(
          type.getSimpleName()
              + " has no "
              + what
              + " "
              + String.join(", no " + what + " ", missing)
              + "; there are "
              + (reader.hides() ? there.size() + " others" : shown(there))
              + (one ? ". Map it: --map=" : ". Map them: --map=")
              + String.join(",", maps));
    }
  }

  private static String shown(Collection<String> names) {
    String some = String.join(", ", names.stream().limit(SHOWN).toList());
    return names.size() > SHOWN ? some + ", … " + names.size() + " in all" : some;
  }
}
