package dhara.transforms.join;

import dhara.events.Event;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Turns events into versions: each holds for its key from its own time on, until the next version
 * of the key.
 *
 * <p>Data: events → {@link Version}s of them. Time: kept. State: none. Bad data: an event whose key
 * is null fails the run.
 *
 * <pre>{@code
 * weights.apply(Versioned.by(Weight::kind).removedWhere(Weight::retired))
 * }</pre>
 */
public final class Versioned<T extends Record & Event>
    extends PTransform<PCollection<T>, PCollection<Version<T>>> {

  private static final long serialVersionUID = 1L;

  private final SerializableFunction<T, String> key;
  private final SerializableFunction<T, Boolean> removes;

  private Versioned(SerializableFunction<T, String> key, SerializableFunction<T, Boolean> removes) {
    this.key = key;
    this.removes = removes;
  }

  /** Versions with the key that {@code key} extracts from an event. */
  public static <T extends Record & Event> Versioned<T> by(SerializableFunction<T, String> key) {
    return new Versioned<>(key, event -> false);
  }

  /** An event for which {@code removes} is true removes its key. */
  public Versioned<T> removedWhere(SerializableFunction<T, Boolean> newRemoves) {
    return new Versioned<>(key, newRemoves);
  }

  /** The version of an event. */
  public Version<T> version(T event) {
    String of = key.apply(event);
    return removes.apply(event)
        ? Version.removed(of, event.at(), event.id())
        : Version.of(of, event);
  }

  @Override
  public PCollection<Version<T>> expand(PCollection<T> events) {
    Coder<T> coder = events.getCoder();
    return events
        .apply(
            "Version",
            MapElements.into(new TypeDescriptor<Version<T>>() {})
                // With a context: without one, Beam 2.70 makes each output twice.
                .via(Contextful.fn(this::version)))
        .setCoder(Version.coder(coder));
  }
}
