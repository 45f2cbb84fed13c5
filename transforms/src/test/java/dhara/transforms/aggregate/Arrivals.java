package dhara.transforms.aggregate;

import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.WorkerLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;

/**
 * A table of arrivals, played twice: as a stream, in which each element arrives at the watermark of
 * its row, and as a backfill.
 *
 * @param <T> what arrives
 */
public final class Arrivals<T> {

  private record Row<T>(Instant watermark, List<TimestampedValue<T>> values, Duration pause) {}

  private static final Map<String, ConcurrentLinkedQueue<Object>> COLLECTED =
      new ConcurrentHashMap<>();

  private final Coder<T> coder;
  private final List<Row<T>> rows = new ArrayList<>();
  private final PipelineOptions options = PipelineOptionsFactory.create();

  private Arrivals(Coder<T> coder) {
    this.coder = coder;
  }

  public static <T> Arrivals<T> of(Coder<T> coder) {
    return new Arrivals<>(coder);
  }

  /**
   * A moment of the day that tables play on: {@code "10:01:30"}; or any, with its date and zone.
   */
  public static Instant time(String clock) {
    return Instant.parse(clock.contains("T") ? clock : "2026-03-01T" + clock + "Z");
  }

  /** One row: the watermark on arrival, the event's time, the value. */
  public Arrivals<T> row(String watermark, String at, T value) {
    return bundle(time(watermark), List.of(value), one -> time(at));
  }

  /** Several rows with one watermark, which arrive in one bundle. */
  public Arrivals<T> bundle(Instant watermark, List<T> values, Function<T, Instant> at) {
    List<TimestampedValue<T>> timed =
        values.stream().map(value -> TimestampedValue.of(value, joda(at.apply(value)))).toList();
    rows.add(new Row<>(watermark, timed, Duration.ZERO));
    return this;
  }

  /** The wall clock advances before the next row; this has no effect in a backfill. */
  public Arrivals<T> pause(Duration pause) {
    rows.add(new Row<>(Instant.MIN, List.of(), pause));
    return this;
  }

  /** Plays on workers with these terms. */
  public Arrivals<T> with(LoadTerms terms) {
    options.as(WorkerLoad.Option.class).setLoadTerms(terms.text());
    return this;
  }

  /** The output of the transform for the stream. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  public <OutT> List<OutT> streamed(PTransform<PCollection<T>, PCollection<OutT>> transform) {
    TestStream.Builder<T> stream = TestStream.create(coder);
    Instant watermark = Instant.MIN;
    for (Row<T> row : rows) {
      if (!row.pause.isZero()) {
        stream = stream.advanceProcessingTime(org.joda.time.Duration.millis(row.pause.toMillis()));
        continue;
      }
      if (row.watermark.isAfter(watermark)) {
        watermark = row.watermark;
        stream = stream.advanceWatermarkTo(joda(watermark));
      }
      stream =
          stream.addElements(
              row.values.get(0), row.values.stream().skip(1).toArray(TimestampedValue[]::new));
    }
    return run(stream.advanceWatermarkToInfinity(), transform);
  }

  /** The output of the transform for the same events as bounded input. */
  public <OutT> List<OutT> backfilled(PTransform<PCollection<T>, PCollection<OutT>> transform) {
    List<TimestampedValue<T>> values = rows.stream().flatMap(row -> row.values.stream()).toList();
    return run(Create.timestamped(values).withCoder(coder), transform);
  }

  private <OutT> List<OutT> run(
      PTransform<? super PBegin, PCollection<T>> source,
      PTransform<PCollection<T>, PCollection<OutT>> transform) {
    options.setRunner(DirectRunner.class);
    // With more, the runner's driver keeps a thread busy all the time.
    options.as(DirectOptions.class).setTargetParallelism(1);
    Pipeline pipeline = Pipeline.create(options);
    String id = UUID.randomUUID().toString();
    COLLECTED.put(id, new ConcurrentLinkedQueue<>());
    pipeline
        .apply("Arrivals", source)
        .apply("Tested", transform)
        .apply(ParDo.of(new CollectFn<>(id)));
    pipeline.run().waitUntilFinish();
    @SuppressWarnings("unchecked") // only outputs of this transform were collected under the id
    List<OutT> collected = (List<OutT>) new ArrayList<>(COLLECTED.remove(id));
    return collected;
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static final class CollectFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String id;

    CollectFn(String id) {
      this.id = id;
    }

    @ProcessElement
    public void process(@Element T element) {
      COLLECTED.get(id).add(element);
    }
  }
}
