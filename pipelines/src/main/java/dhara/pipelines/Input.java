package dhara.pipelines;

import dhara.events.Event;
import dhara.transforms.join.Versioned;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An input of an analysis: events of one type. They are facts, each of which happens once; or a
 * reference, such as rules, prices and profiles, of which each record holds as of its own event
 * time until a later one with its key replaces it.
 *
 * @param name what {@code --events=NAME=URI} calls it
 * @param type the record that an event is parsed to
 * @param generator makes plausible events for tests, demonstrations and load
 * @param versions what the key of a reference's record is; null for facts
 */
public record Input<T extends Record & Event>(
    String name, Class<T> type, Generator<T> generator, @Nullable Versioned<T> versions) {

  /** Facts. */
  public Input(String name, Class<T> type, Generator<T> generator) {
    this(name, type, generator, null);
  }

  /**
   * A reference.
   *
   * <pre>{@code
   * Input.reference("weights", Weight.class, Versioned.by(Weight::kind), Weights::generate)
   * }</pre>
   */
  public static <T extends Record & Event> Input<T> reference(
      String name, Class<T> type, Versioned<T> versions, Generator<T> generator) {
    return new Input<>(name, type, generator, versions);
  }

  /** Whether its records hold until they are replaced, and do not merely happen. */
  public boolean isReference() {
    return versions != null;
  }

  /** Makes events: a function of its seed and of nothing else. */
  @FunctionalInterface
  public interface Generator<T> {

    /** The first {@code count} events of a seed, in event-time order, each id once. */
    Stream<T> events(long seed, long count);
  }
}
