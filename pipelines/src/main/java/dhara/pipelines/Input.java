package dhara.pipelines;

import dhara.events.Event;
import dhara.transforms.join.Versioned;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An input of an analysis: events of one type. They are either facts, each of which happens once,
 * or a reference, such as rules, prices and profiles, whose records hold from their own event time
 * until a later one with the same key replaces them.
 *
 * @param name its name in {@code --events=NAME=URI}
 * @param type the record that an event is parsed to
 * @param versions extracts the key of a reference's record; null for facts
 * @param optional whether a run may go without it; it then has no events
 */
public record Input<T extends Record & Event>(
    String name, Class<T> type, @Nullable Versioned<T> versions, boolean optional) {

  /** Facts. */
  public Input(String name, Class<T> type) {
    this(name, type, null, false);
  }

  /**
   * A reference.
   *
   * <pre>{@code
   * Input.reference("weights", Weight.class, Versioned.by(Weight::kind))
   * }</pre>
   */
  public static <T extends Record & Event> Input<T> reference(
      String name, Class<T> type, Versioned<T> versions) {
    return new Input<>(name, type, versions, false);
  }

  /** The same, but a run may go without it; it then has no events. */
  public Input<T> asOptional() {
    return new Input<>(name, type, versions, true);
  }

  /** Whether it is a reference, whose records hold until they are replaced. */
  public boolean isReference() {
    return versions != null;
  }

  /** One of its events, for a {@link Scenario}. */
  public Scenario.Given<T> given(T event) {
    return new Scenario.Given<>(this, event, "");
  }
}
