package dhara.tools.advise;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeRulesTest {

  @ParameterizedTest(name = "{0}, {1} records, complexity {2}, history {3}: {4}")
  @CsvSource(
      nullValues = "-",
      value = {
        "PT0.999S, 5000000, 1.0,  true,  STREAM, under a second",
        "PT1S,     1000001, 0.1,  false, BATCH,  '1,000,001 (given), more'",
        "PT1S,     1000000, 0.8,  false, STREAM, no history is needed",
        "PT1S,     1000000, 0.81, false, BATCH,  'complexity is 0.81 (measured), above 0.8'",
        "PT1S,     1000000, 0.8,  true,  BATCH,  --history",
        "-,        1000001, 0.1,  false, BATCH,  'more than 1,000,000'",
        "-,        -,       0.1,  false, STREAM, is not known",
        "-,        -,       0.9,  false, BATCH,  above 0.8",
        "-,        0,       0.0,  true,  BATCH,  --history",
        "PT1H,     0,       0.0,  false, STREAM, keeps answers current",
      })
  void theFirstRuleThatAppliesDecides(
      @Nullable Duration latency,
      @Nullable Long records,
      double complexity,
      boolean history,
      Mode mode,
      String why) {
    ModeRules.Decision decision =
        ModeRules.decide(
            new ModeRules.Situation(latency, records(records), complexity(complexity), history));

    assertThat(decision.mode(), is(mode));
    assertThat(String.join("; ", decision.why()), containsString(why));
  }

  @ParameterizedTest(name = "{0} of {1} records with {2}: {3}")
  @CsvSource(
      nullValues = "-",
      value = {
        "STREAM, 10,      direct flink spark, flink,    of the engines on this class path",
        "STREAM, 10,      direct,             direct,   -Pflink-runner",
        "STREAM, 10,      dataflow direct,    dataflow, -Pflink-runner",
        "STREAM, 10,      spark,              -,        no engine on this class path runs a stream",
        "BATCH,  1000000, direct flink spark, direct,   starts fastest",
        "BATCH,  1000001, direct flink spark, flink,    all cores",
        "BATCH,  -,       direct spark,       spark,    -Pflink-runner",
        "BATCH,  1000001, direct,             direct,   -Pflink-runner",
        "BATCH,  10,      spark,              spark,    -Pdirect-runner",
      })
  void theEngineIsTheFirstAtHand(
      Mode mode, @Nullable Long records, String atHand, @Nullable String engine, String why) {
    List<EngineChoice.AtHand> engines = new ArrayList<>();
    for (String name : atHand.split(" ", -1)) {
      engines.add(new EngineChoice.AtHand(name, !name.equals("spark")));
    }

    EngineChoice choice = EngineChoice.of(mode, records(records), engines);

    assertThat(choice.engine(), is(engine));
    assertThat(choice.why(), containsString(why));
  }

  @Test
  void aStreamThatNobodyNeedsAtOnceGivesWayToTheBudget() {
    // A stream uses 0.7 · 0.6 of 50,000 events a core: 5 cores all the month. Batches use 2 of
    // them.
    MonthlyCost cost = MonthlyCost.of(100_000, 50_000, 0.1, 200);

    assertThat(cost, is(new MonthlyCost(5 * 730 * 0.1, 100_000 * 730.0 / 50_000 * 0.1, 200)));
    ModeRules.Decision stream =
        ModeRules.decide(new ModeRules.Situation(null, records(10L), complexity(0.1), false));
    assertThat(cost.instead(stream).map(ModeRules.Decision::mode), is(Optional.of(Mode.BATCH)));
    assertThat(
        cost.said(Mode.BATCH),
        is("in a month the batch costs 146.00, within the budget of 200.00"));
  }

  @Test
  void theBudgetChangesNothingThatIsForcedOrFits() {
    ModeRules.Decision atOnce =
        ModeRules.decide(
            new ModeRules.Situation(Duration.ofMillis(100), records(10L), complexity(0.1), false));
    ModeRules.Decision stream =
        ModeRules.decide(new ModeRules.Situation(null, records(10L), complexity(0.1), false));

    MonthlyCost dear = MonthlyCost.of(100_000, 50_000, 0.1, 200);
    assertThat(dear.instead(atOnce), is(Optional.empty()));
    assertThat(
        dear.said(Mode.STREAM),
        is("in a month the stream costs 365.00, above the budget of 200.00"));
    assertThat(MonthlyCost.of(100_000, 50_000, 0.1, 365).instead(stream), is(Optional.empty()));
    assertThat(
        "neither fits",
        MonthlyCost.of(100_000, 50_000, 0.1, 100).instead(stream),
        is(Optional.empty()));
  }

  private static @Nullable Figure records(@Nullable Long count) {
    return count == null
        ? null
        : new Figure("records", count.doubleValue(), Unit.COUNT, Mark.GIVEN, "");
  }

  private static Figure complexity(double score) {
    return new Figure("complexity", score, Unit.SHARE, Mark.MEASURED, "");
  }
}
