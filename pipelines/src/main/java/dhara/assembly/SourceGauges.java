package dhara.assembly;

import dhara.connectors.Counts;
import dhara.metrics.MeteredStep;
import dhara.transforms.load.WorkerLoad;
import java.time.Duration;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Gauges of a stream's source that are needed to interpret other metrics: the mean size of a
 * record, to convert Flink's pending bytes to records, and the disorder, which answers wait for by
 * design. With {@code --overload} also the load of the worker.
 *
 * <p>Data: counts, one per bundle → nothing. Time: none. State: none in the engine; each worker
 * keeps two sums in memory.
 */
final class SourceGauges extends PTransform<PCollection<Counts>, PDone> {

  private static final long serialVersionUID = 1L;

  private final long disorderMillis;

  private SourceGauges(long disorderMillis) {
    this.disorderMillis = disorderMillis;
  }

  /**
   * Shows them.
   *
   * @param disorder how far out of order events may come
   */
  static SourceGauges of(Duration disorder) {
    return new SourceGauges(disorder.toMillis());
  }

  @Override
  public PDone expand(PCollection<Counts> counts) {
    counts.apply("Show", ParDo.of(new ShowFn(disorderMillis)));
    return PDone.in(counts.getPipeline());
  }

  static final class ShowFn extends DoFn<Counts, Void> {

    private static final long serialVersionUID = 1L;

    private final long disorderMillis;
    private final Gauge meanBytes = MeteredStep.gauge("record.bytes");
    private final Gauge disorder = MeteredStep.gauge("disorder.millis");
    private final Gauge lag = MeteredStep.gauge("overload.lag.millis");
    private final Gauge level = MeteredStep.gauge("overload.level");
    private final Counter skipped = MeteredStep.counter("overload.early.skipped");
    private transient long records;
    private transient long bytes;
    private transient @Nullable WorkerLoad load;

    ShowFn(long disorderMillis) {
      this.disorderMillis = disorderMillis;
    }

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
      load = WorkerLoad.here(options);
    }

    @ProcessElement
    public void process(@Element Counts counts) {
      records += counts.read();
      bytes += counts.bytes();
      if (records > 0) {
        meanBytes.set(bytes / records);
      }
      disorder.set(disorderMillis);
      if (load != null) {
        lag.set(load.lagMillis());
        level.set(load.level().number());
        skipped.inc(load.skippedEarly());
      }
    }
  }
}
