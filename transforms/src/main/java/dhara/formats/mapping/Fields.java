package dhara.formats.mapping;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The targets of the fields of an object: a component's value, a part of a template, or the fields
 * of a nested object.
 *
 * <p>Producers write the fields of an event in the same order every time, so the name at a position
 * is first compared, by identity, with the one at that position in the event before; only if it
 * differs is it looked up. It belongs to one parser and one thread.
 */
public final class Fields {

  private static final int REMEMBERED = 64;

  /** Longer names, which no producer has but an attacker may write, are not kept. */
  private static final int LONGEST_REMEMBERED = 1_000;

  private static final int[] NO_SLOTS = {};

  private final String path;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final @Nullable String[] names = new String[REMEMBERED];
  private final @Nullable Target[] remembered = new Target[REMEMBERED];

  /**
   * The target of a field.
   *
   * @param label its name in messages
   * @param slots the components that are read from it
   * @param capture the index of its text for templates, or -1
   * @param inner the targets of its own fields; null if they are not needed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Target(String label, int[] slots, int capture, @Nullable Fields inner) {}

  /**
   * Targets without fields.
   *
   * @param path the prefix of the names in messages
   */
  public Fields(String path) {
    this.path = path;
  }

  /**
   * Makes a component read from a field.
   *
   * @return the field's target
   */
  public Target feed(Source.Field field, int slot) {
    Fields around = around(field);
    Target before = around.targets.get(field.name());
    int[] slots = before == null ? NO_SLOTS : before.slots();
    int[] more = Arrays.copyOf(slots, slots.length + 1);
    more[slots.length] = slot;
    return around.put(field, more, before == null ? -1 : before.capture());
  }

  /** Makes a field's text available to templates. */
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

  /** The target of a field; null for a field that is skipped. */
  public @Nullable Target target(String name) {
    return targets.get(name);
  }

  /** The same for the field at a position, with the name as its parser knows it. */
  @SuppressWarnings("ReferenceEquality") // another instance of the same name is looked up
  public @Nullable Target target(String name, int position) {
    if (position >= REMEMBERED) {
      return targets.get(name);
    }
    if (names[position] != name) {
      if (name.length() > LONGEST_REMEMBERED) {
        return targets.get(name);
      }
      names[position] = name;
      remembered[position] = targets.get(name);
    }
    return remembered[position];
  }

  public Collection<Target> targets() {
    return targets.values();
  }
}
