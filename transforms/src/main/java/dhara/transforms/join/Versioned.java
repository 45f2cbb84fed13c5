package dhara.transforms.join;

import dhara.events.Event;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/**
 * Makes versions of events: each holds of its key from its own time on, until the next of the key.
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

  /** Versions of what {@code key} makes of an event. */
  public static <T extends Record & Event> Versioned<T> by(SerializableFunction<T, String> key) {
    return new Versioned<>(key, event -> false);
  }

  /** Where {@code removes} says so, an event removes its key. */
  public Versioned<T> removedWhere(SerializableFunction<T, Boolean> newRemoves) {
    return new Versioned<>(key, newRemoves);
  }

  @Override
  public PCollection<Version<T>> expand(PCollection<T> events) {
    Coder<T> coder = events.getCoder();
    return events
        .apply("Version", ParDo.of(new VersionFn<>(key, removes)))
        .setCoder(Version.coder(coder));
  }

  private static final class VersionFn<T extends Record & Event> extends DoFn<T, Version<T>> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<T, String> key;
    private final SerializableFunction<T, Boolean> removes;

    VersionFn(SerializableFunction<T, String> key, SerializableFunction<T, Boolean> removes) {
      this.key = key;
      this.removes = removes;
    }

    @ProcessElement
    public void process(@Element T event, OutputReceiver<Version<T>> out) {
      String of = key.apply(event);
      out.output(
          removes.apply(event)
              ? Version.removed(of, event.at(), event.id())
              : Version.of(of, event));
    }
  }
}
