package dhara.metrics;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import java.util.EnumMap;
import java.util.Locale;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Counts dead letters per reason, as metrics. All counters appear with the first dead letter.
 *
 * <p>Data: dead letters → nothing. Time: none. State: none. Good events cost nothing.
 */
public final class DeadLetterReasons extends PTransform<PCollection<DeadLetter>, PDone> {

  private static final long serialVersionUID = 1L;

  private DeadLetterReasons() {}

  /** Shows them. */
  public static DeadLetterReasons shown() {
    return new DeadLetterReasons();
  }

  @Override
  public PDone expand(PCollection<DeadLetter> deadLetters) {
    deadLetters.apply("Count", ParDo.of(new CountFn()));
    return PDone.in(deadLetters.getPipeline());
  }

  static final class CountFn extends DoFn<DeadLetter, Void> {

    private static final long serialVersionUID = 1L;

    private final EnumMap<Reason, Counter> counters = new EnumMap<>(Reason.class);

    CountFn() {
      for (Reason reason : Reason.values()) {
        counters.put(
            reason, MeteredStep.counter("dead-lettered." + reason.name().toLowerCase(Locale.ROOT)));
      }
    }

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
    }

    @StartBundle
    public void start() {
      counters.values().forEach(counter -> counter.inc(0));
    }

    @ProcessElement
    public void process(@Element DeadLetter deadLetter) {
      counters.get(deadLetter.reason()).inc(deadLetter.count());
    }
  }
}
