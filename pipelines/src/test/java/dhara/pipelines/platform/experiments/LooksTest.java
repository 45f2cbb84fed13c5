package dhara.pipelines.platform.experiments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.pipelines.platform.experiments.Arms.Arm;
import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import dhara.pipelines.platform.experiments.Looks.Look;
import dhara.pipelines.platform.experiments.Looks.Row;
import dhara.pipelines.platform.experiments.VariantResult.State;
import dhara.statistics.MixtureSprt;
import dhara.transforms.tally.ExactSum;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Winners are called, and without a difference as rarely as stated: over 200 experiments each. */
class LooksTest {

  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int SEEDS = 200;

  private static final Looks LOOKS =
      new Looks(
          new MixtureSprt(0.05), 0.05, 100, 0.001, Duration.ofMinutes(90), Duration.ofDays(90));

  private static ExactSum expected(double each, long users) {
    ExactSum sum = ExactSum.NONE;
    for (int i = 0; i < users; i++) {
      sum = sum.plus(ExactSum.of(each));
    }
    return sum;
  }

  private static Look look(int hour, Map<String, Arm> arms) {
    Instant start = START.plus(HOUR.multipliedBy(hour));
    Instant end = start.plus(HOUR);
    return new Look("", end.minusMillis(1), "e", start, end, new Arms(arms));
  }

  /**
   * An experiment of 72 hours with about 100 new users each.
   *
   * @param rates of the variants a, b, c ...
   * @param lost the share of users of the last variant that are not seen
   */
  private static List<Row> experiment(long seed, double lost, double... rates) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Look> looks = new ArrayList<>();
    for (int hour = 0; hour < 72; hour++) {
      long[] users = new long[rates.length];
      long[] conversions = new long[rates.length];
      long all = 0;
      for (int i = 0; i < 100; i++) {
        int variant = random.nextInt(rates.length);
        if (variant == rates.length - 1 && random.nextDouble() < lost) {
          continue;
        }
        all++;
        users[variant]++;
        conversions[variant] += random.nextDouble() < rates[variant] ? 1 : 0;
      }
      Map<String, Arm> arms = new HashMap<>();
      for (int i = 0; i < rates.length; i++) {
        arms.put(
            String.valueOf((char) ('a' + i)),
            new Arm(i, users[i], expected(1.0 / rates.length, all), conversions[i], 0));
      }
      looks.add(look(hour, arms));
    }
    return LOOKS.over(looks);
  }

  /** How many of the experiments call each variant. */
  private static Map<String, Integer> called(double lost, double... rates) {
    Map<String, Integer> called = new HashMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Set<String> ofOne = new HashSet<>();
      for (Row row : experiment(seed, lost, rates)) {
        if (row.result().state() == State.CALLED) {
          ofOne.add(row.variant());
        }
      }
      assertThat("seed " + seed, ofOne.size(), is(lessThanOrEqualTo(1)));
      ofOne.forEach(variant -> called.merge(variant, 1, Integer::sum));
    }
    return called;
  }

  private static int sum(Map<String, Integer> called) {
    return called.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void withoutADifferenceAtMostFivePercentHaveAWinner() {
    assertThat(sum(called(0, 0.2, 0.2)), is(lessThanOrEqualTo(SEEDS / 20)));
    assertThat(sum(called(0, 0.1, 0.1, 0.1, 0.1)), is(lessThanOrEqualTo(SEEDS / 20)));
  }

  @Test
  void theBetterVariantWins() {
    Map<String, Integer> called = called(0, 0.2, 0.25);

    assertThat(called.getOrDefault("b", 0), is(greaterThanOrEqualTo(SEEDS * 95 / 100)));
    assertThat(called.getOrDefault("a", 0), is(0));
  }

  @Test
  void theControlWinsIfAllOthersAreWorse() {
    Map<String, Integer> called = called(0, 0.25, 0.18, 0.18);

    assertThat(called.getOrDefault("a", 0), is(greaterThanOrEqualTo(SEEDS * 95 / 100)));
    assertThat(sum(called), is(called.get("a")));
  }

  @Test
  void nothingIsCalledWhileUsersAreNotSplitByTheWeights() {
    // In the first hours a loss of a third is not certain yet, so a difference would be called.
    assertThat(sum(called(0.33, 0.2, 0.25)), is(lessThanOrEqualTo(SEEDS / 20)));
  }

  private static Map<String, Arm> arms(long users, long a, long b) {
    return Map.of(
        "a", new Arm(0, users, expected(0.5, 2 * users), a, 10),
        "b", new Arm(1, users, expected(0.5, 2 * users), b, 20));
  }

  private static List<State> states(List<Row> rows) {
    return rows.stream().map(row -> row.result().state()).toList();
  }

  @Test
  void aWinnerIsCalledOnceAndStaysTheWinner() {
    List<Row> rows =
        LOOKS.over(
            List.of(
                look(0, arms(99, 10, 60)),
                look(1, arms(1, 0, 1)),
                look(5, arms(100, 100, 0)),
                look(6, arms(1, 1, 1))));

    assertThat(
        states(rows),
        is(
            List.of(
                State.RUNNING,
                State.RUNNING,
                State.LOST,
                State.CALLED,
                State.LOST,
                State.WON,
                State.LOST,
                State.WON)));
    assertThat(
        rows.get(3).graduation(),
        is(
            new Graduation(
                "e@2026-01-05T03:30:00Z",
                START.plus(HOUR.multipliedBy(3)).plus(Duration.ofMinutes(30)),
                List.of(new Variant("a", 0), new Variant("b", 1)))));
    assertThat(rows.stream().filter(row -> row.graduation() != null).count(), is(1L));
    assertThat(rows.get(1).result().sequentialPValue(), is(1.0));
    assertThat(rows.get(3).result().lift(), is(5.1));
    // The p-value of all looks is the least, although the difference is the other way now.
    assertThat(
        rows.get(5).result().sequentialPValue(), is(rows.get(3).result().sequentialPValue()));
  }

  @Test
  void anExperimentAfterALongPauseIsAnotherOne() {
    List<Row> rows = LOOKS.over(List.of(look(0, arms(100, 10, 60)), look(24 * 91, arms(10, 1, 1))));

    assertThat(rows.get(3).result().users(), is(10L));
    assertThat(rows.get(3).result().state(), is(State.RUNNING));
  }
}
