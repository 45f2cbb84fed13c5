package dhara.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.transforms.join.Versioned;
import dhara.transforms.load.WorkerLoad;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class SheddingTest {

  private final Analysis<?> orders = Analysis.all().get("order-metrics");
  private final DharaOptions options = PipelineOptionsFactory.as(DharaOptions.class);

  private boolean sheds(String name) {
    Analysis<?> analysis = Analysis.all().get(name);
    return Shedding.of(analysis, options).sheds(analysis.outputs());
  }

  private String refused(Analysis<?> analysis) {
    return assertThrows(BadOption.class, () -> Shedding.of(analysis, options)).getMessage();
  }

  @Test
  void byDefaultNothingIsShedAndNoWorkerIsTold() {
    Shedding shedding = Shedding.of(orders, options);
    shedding.tell(options);
    shedding.checkStreams(true);

    assertThat(shedding.sheds(orders.outputs()), is(false));
    assertThat(options.as(WorkerLoad.Option.class).getLoadTerms(), is(nullValue()));
  }

  @Test
  void workersAreToldTheTermsOfTheOptions() {
    options.setOverload(true);
    options.setShed(List.of("totals"));
    Shedding shedding = Shedding.of(orders, options);
    shedding.tell(options);

    assertThat(shedding.sheds(orders.outputs()), is(true));
    assertThat(
        options.as(WorkerLoad.Option.class).getLoadTerms().replaceFirst("^[-0-9a-f]{36} ", "RUN "),
        is("RUN 30000 0.8 0.9 0.95"));
    assertThat(WorkerLoad.here(options), is(notNullValue()));
  }

  @Test
  void aBackfillIsRefused() {
    options.setOverload(true);
    Shedding shedding = Shedding.of(orders, options);
    shedding.checkStreams(false);
    assertThat(
        assertThrows(BadOption.class, () -> shedding.checkStreams(true)).getMessage(),
        is("--overload=true: is for streams; a backfill answers everything, so leave it out"));
  }

  @Test
  void outputsThatCannotBeShedAreRefused() {
    options.setOverload(true);
    options.setShed(List.of("totls"));
    assertThat(
        refused(orders),
        is(
            "--shed=totls: is no output; the outputs are metrics, top, totals."
                + " Did you mean totals?"));
    options.setShed(List.of("metrics"));
    assertThat(
        refused(orders),
        is("--shed=metrics: is the first output, which is never shed; leave it out"));
    options.setShed(List.of("alerts"));
    assertThat(
        refused(Analysis.all().get("fraud")),
        is("--shed=alerts: has effects, which are never shed; --delay=alerts lets them wait"));
  }

  @Test
  void onlyEffectsWait() {
    Analysis<?> fraud = Analysis.all().get("fraud");
    options.setDelay(List.of("alerts"));
    assertThat(refused(fraud), is("--delay=alerts: needs --overload=true"));
    options.setOverload(true);
    assertThat(Shedding.of(fraud, options).sheds(fraud.outputs().subList(0, 2)), is(false));
    options.setDelay(List.of("decisions"));
    assertThat(refused(fraud), is("--delay=decisions: has no effects; --shed is for it"));
  }

  @Test
  void optionsThatContradictEachOtherAreRefused() {
    options.setShed(List.of("top"));
    assertThat(refused(orders), is("--shed=top: needs --overload=true"));
    options.setOverload(true);
    options.setEssentialAt(0.8);
    assertThat(
        refused(orders),
        is("--essentialAt=0.8: must be above --reducedAt=0.8, e.g. --essentialAt=0.9"));
    options.setEssentialAt(0.9);
    options.setEmergencyAt(0.5);
    assertThat(
        refused(orders),
        is("--emergencyAt=0.5: must be above --essentialAt=0.9, e.g. --emergencyAt=0.95"));
  }

  /** An analysis whose only output is the first one has nothing to shed. */
  @Test
  void theFirstOutputAndEffectsAreNeverShed() {
    options.setOverload(true);
    assertThat(sheds("candles"), is(false));
    assertThat(sheds("playback-quality"), is(false));
    assertThat(sheds("order-metrics"), is(true));
  }

  record Limit(String id, Instant at, String city) implements Event {}

  record City(String name) {}

  record Amount(long amount) {}

  /** Its second output is read again as its reference. */
  private static final class Limits implements Analysis<DharaOptions> {

    static final Input<Limit> LIMITS =
        Input.reference("limits", Limit.class, Versioned.by(Limit::city));

    @Override
    public Declaration<DharaOptions> declaration() {
      return Declaration.of("limits", DharaOptions.class)
          .reads(LIMITS)
          .answers(
              new Output<>("sums", City.class, Amount.class),
              new Output<>("raised", City.class, Amount.class).feeding(LIMITS));
    }

    @Override
    public void build(Flow flow, DharaOptions options) {
      throw new UnsupportedOperationException("only its declaration is read");
    }
  }

  @Test
  void whatFeedsAReferenceIsNeverShed() {
    Limits limits = new Limits();
    options.setOverload(true);
    assertThat(Shedding.of(limits, options).sheds(limits.outputs()), is(false));
    options.setShed(List.of("raised"));
    assertThat(refused(limits), is("--shed=raised: is read again as limits, so it is never shed"));
  }
}
