package dhara.formats.mapping;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What becomes of the fields of an object: a component's value, a part of a template, or a way to
 * the fields of an object within it.
 *
 * <p>Producers write the fields of an event in the same order every time, so the name at a position
 * is first compared, by identity, with the one that stood there in the event before; only where it
 * is another is it looked up. Belongs to one parser, and so to one thread.
 */
public final class Fields {

  private static final int REMEMBERED = 64;
  private static final int[] NO_SLOTS = {};

  private final String path;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final @Nullable String[] names = new String[REMEMBERED];
  private final @Nullable Target[] remembered = new Target[REMEMBERED];

  /**
   * What becomes of a field.
   *
   * @param label what messages call it
   * @param slots the components that it is
   * @param capture where templates find its text, or -1
   * @param inner what becomes of its own fields; null where it is not asked for them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Target(String label, int[] slots, int capture, @Nullable Fields inner) {}

  /**
   * @param path what messages put before the names
   */
  public Fields(String path) {
    this.path = path;
  }

  /**
   * Has a component read from a field.
   *
   * @return what becomes of that field now
   */
  public Target feed(Source.Field field, int slot) {
    Fields around = around(field);
    Target before = around.targets.get(field.name());
    int[] slots = before == null ? NO_SLOTS : before.slots();
    int[] more = Arrays.copyOf(slots, slots.length + 1);
    more[slots.length] = slot;
    return around.put(field, more, before == null ? -1 : before.capture());
  }

  /** Has a field's text kept for templates. */
  public void capture(Source.Field field, int capture) {
    Fields around = around(field);
    Target before = around.targets.get(field.name());
    around.put(field, before == null ? NO_SLOTS : before.slots(), capture);
  }

  private Fields around(Source.Field field) {
    Fields around = this;
    for (String name : field.within()) {
      Target way = around.targets.get(name);
      if (way == null) {
        String label = around.path + name;
        way = new Target(label, NO_SLOTS, -1, new Fields(label + "."));
        around.targets.put(name, way);
      }
      Fields inner = way.inner();
      if (inner == null) {
        throw bothWays(way.label(), field.label());
      }
      around = inner;
    }
    return around;
  }

  private Target put(Source.Field field, int[] slots, int capture) {
    Target before = targets.get(field.name());
    if (before != null && before.inner() != null) {
      throw bothWays(before.label(), before.inner().targets.values().iterator().next().label());
    }
    Target target = new Target(path + field.name(), slots, capture, null);
    targets.put(field.name(), target);
    return target;
  }

  private static IllegalArgumentException bothWays(String field, String within) {
    return new IllegalArgumentException(
        "the field '"
            + field
            + "' is read as it stands, and '"
            + within
            + "' is read from within it: it cannot be a text and an object. A component that has"
            + " no mapping is read from the field of its name; map it to another field");
  }

  /** What becomes of a field; null for one that nothing asks for. */
  public @Nullable Target target(String name) {
    return targets.get(name);
  }

  /** The same, for the field at a position, by a name that is interned. */
  @SuppressWarnings("ReferenceEquality") // another instance of the same name is looked up
  public @Nullable Target target(String name, int position) {
    if (position >= REMEMBERED) {
      return targets.get(name);
    }
    if (names[position] != name) {
      names[position] = name;
      remembered[position] = targets.get(name);
    }
    return remembered[position];
  }

  public Collection<Target> targets() {
    return targets.values();
  }
}
