package dhara.metrics;

import dhara.metrics.Delays.Due;
import dhara.records.RecordCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Metrics of the latency of answers: gauges of the median, the 95th and the 99th percentile, in
 * milliseconds, and a counter of the answers.
 *
 * <p>Data: {@link Delays}, one per bundle → nothing. Time: an answer is due at the end of its
 * window in event time; its delay is the wall clock at the end of the bundle that passed it to its
 * sink, minus the due time. State: none in the engine; each worker keeps the delays of its latest
 * minute in memory. Late: whoever computes the delays must leave out revisions of a window.
 */
public final class Latency extends PTransform<PCollection<Delays>, PDone> {

  private static final long serialVersionUID = 1L;

  private Latency() {}

  /** For delays that a sink has counted. */
  public static Latency shown() {
    return new Latency();
  }

  /**
   * For answers whose sink does not count: counts them in a separate step, which costs a call per
   * answer.
   */
  public static <T> PTransform<PCollection<T>, PDone> of(Due<T> due) {
    return new Beside<>(due);
  }

  @Override
  public PDone expand(PCollection<Delays> delays) {
    delays.apply("Show", ParDo.of(new ShowFn()));
    return PDone.in(delays.getPipeline());
  }

  private static final class Beside<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final Due<T> due;

    Beside(Due<T> due) {
      this.due = due;
    }

    @Override
    public PDone expand(PCollection<T> answers) {
      return answers
          .apply("Given", ParDo.of(new GivenFn<>(due)))
          .setCoder(RecordCoder.of(Delays.class))
          .apply(shown());
    }
  }

  private static final class GivenFn<T> extends DoFn<T, Delays> {

    private static final long serialVersionUID = 1L;

    private final Due<T> due;
    private transient Delays.@Nullable Counting counting;
    private transient @Nullable BoundedWindow last;

    GivenFn(Due<T> due) {
      this.due = due;
    }

    @StartBundle
    public void start() {
      counting = new Delays.Counting();
      last = null;
    }

    @ProcessElement
    public void process(@Element T answer, BoundedWindow window) {
      counting.given(due.millis(answer));
      last = window;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (last != null) {
        context.output(counting.until(System.currentTimeMillis()), last.maxTimestamp(), last);
      }
    }
  }

  static final class ShowFn extends DoFn<Delays, Void> {

    private static final long serialVersionUID = 1L;

    private final Counter answers = MeteredStep.counter("answers");
    private final Gauge median = MeteredStep.gauge("latency.millis.p50");
    private final Gauge p95 = MeteredStep.gauge("latency.millis.p95");
    private final Gauge p99 = MeteredStep.gauge("latency.millis.p99");
    private transient @Nullable RecentDelays recent;

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
      recent = new RecentDelays();
    }

    @ProcessElement
    public void process(@Element Delays delays) {
      if (delays.answers().isEmpty()) {
        return;
      }
      answers.inc(delays.answers().values().stream().mapToLong(Long::longValue).sum());
      recent.add(System.currentTimeMillis(), delays);
      median.set(recent.percentile(50));
      p95.set(recent.percentile(95));
      p99.set(recent.percentile(99));
    }
  }
}
