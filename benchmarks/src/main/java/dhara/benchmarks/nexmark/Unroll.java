package dhara.benchmarks.nexmark;

import dhara.records.RecordCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Outputs the events of chunks one by one, or the parts that a query needs.
 *
 * <p>Data: {@link Chunk} → the result of a function for each event; nothing if that is null. Time:
 * each gets the time of its event, which is at or after the chunk's. State: none. Bad or late data:
 * none.
 *
 * <pre>{@code chunks.apply("Bids", Unroll.to(Bid.class, Event::bid))}</pre>
 */
final class Unroll<T extends Record> extends PTransform<PCollection<Chunk>, PCollection<T>> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final SerializableFunction<Event, @Nullable T> part;

  private Unroll(Class<T> type, SerializableFunction<Event, @Nullable T> part) {
    this.type = type;
    this.part = part;
  }

  /** What {@code part} makes of each event; null leaves the event out. */
  static <T extends Record> Unroll<T> to(
      Class<T> type, SerializableFunction<Event, @Nullable T> part) {
    return new Unroll<>(type, part);
  }

  @Override
  public PCollection<T> expand(PCollection<Chunk> chunks) {
    return chunks.apply("Unroll", ParDo.of(new UnrollFn<>(part))).setCoder(RecordCoder.of(type));
  }

  private static final class UnrollFn<T> extends DoFn<Chunk, T> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<Event, @Nullable T> part;

    UnrollFn(SerializableFunction<Event, @Nullable T> part) {
      this.part = part;
    }

    @ProcessElement
    public void process(@Element Chunk chunk, OutputReceiver<T> out) {
      for (Event event : chunk.events()) {
        T output = part.apply(event);
        if (output != null) {
          out.outputWithTimestamp(output, Instant.ofEpochMilli(event.atMillis()));
        }
      }
    }
  }
}
