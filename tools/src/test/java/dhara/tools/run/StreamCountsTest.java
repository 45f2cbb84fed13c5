package dhara.tools.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.engine.Vitals;
import dhara.ledger.Ledger;
import dhara.metrics.MeteredStep;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.junit.jupiter.api.Test;

class StreamCountsTest {

  /** Shows a ledger, as the books of an input do. */
  private static final class Shown extends PTransform<PCollection<Long>, PDone> {

    private static final long serialVersionUID = 1L;

    @Override
    public PDone expand(PCollection<Long> read) {
      read.apply("Show", ParDo.of(new ShowFn()));
      return PDone.in(read.getPipeline());
    }
  }

  private static final class ShowFn extends DoFn<Long, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long read) {
      MeteredStep.gauge("ledger.read").set(read);
      MeteredStep.gauge("ledger.dead-lettered").set(1);
      MeteredStep.gauge("ledger.aggregated").set(read - 1);
      MeteredStep.gauge("disorder.millis").set(10_000);
      MeteredStep.counter("read").inc(read + 2);
      MeteredStep.counter("dead-lettered").inc(1);
      MeteredStep.counter("answers").inc(4);
    }
  }

  @Test
  void ledgersAreThoseOfTheInputsAndCountsAreOverAllSteps() {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    pipeline.apply("Some", Create.of(7L)).apply("orders.Ledger", new Shown());
    pipeline.apply("More", Create.of(20L)).apply("rules.Ledger", new Shown());
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    Vitals vitals = StreamCounts.of(result);

    assertThat(
        vitals.ledgers(),
        contains(
            new Ledger("orders", 0, 7, 6, 1, 0, 0, 0, 0, 0),
            new Ledger("rules", 0, 20, 19, 1, 0, 0, 0, 0, 0)));
    assertThat(
        vitals,
        is(
            new Vitals(
                vitals.ledgers(),
                31,
                2,
                0,
                OptionalLong.empty(),
                Optional.empty(),
                8,
                Optional.empty(),
                true)));
  }
}
