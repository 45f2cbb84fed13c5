package dhara.pipelines.platform.experiments;

import dhara.pipelines.Scenario;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visitors of a shop with experiments. Each visitor meets all of them that cover the
 * visitor, some come back, and some buy within the hour:
 *
 * <ul>
 *   <li>{@code button}: the green button sells three times as much as the control;
 *   <li>{@code banner}: three banners, which make no difference. After two hours fewer visitors are
 *       covered, and the weights are others; after four, all see the spring banner;
 *   <li>{@code search}: makes no difference either, but pages with the new search crash before half
 *       of their exposures are sent. The client sends which variant was shown, sometimes one that
 *       is not in the set-up;
 *   <li>{@code footer}, to which a few are exposed, has no set-up.
 * </ul>
 *
 * <p>What is planted in a set-up is the variant that must win, {@code mismatch}, or {@code none}.
 * After 8 hours everything is repeated by new experiments.
 */
final class MadeUpExperiments {

  private static final long SECOND = 1_000;
  private static final long HOUR = 3_600 * SECOND;

  /** Between two visitors. */
  private static final long APART = 50 * SECOND;

  /** How long experiments run. */
  private static final long PERIOD = 8 * HOUR;

  private final SplittableRandom random;
  private final Deque<Visitor> recent = new ArrayDeque<>();
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long exposures;
  private long goals;

  /** Who visits, and how likely they buy. */
  private record Visitor(String user, double buys) {}

  private MadeUpExperiments(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpExperiments all = new MadeUpExperiments(seed);
    return LongStream.iterate(0, visit -> visit + 1)
        .boxed()
        .flatMap(visit -> all.visit(visit).stream())
        .limit(count);
  }

  /** What happened until this visit, which is made up first. */
  private List<Given<?>> visit(long visit) {
    long millis = visit * APART + random.nextLong(APART);
    long period = millis / PERIOD;
    setUp(period, (visit - 1) * APART / PERIOD, visit);
    boolean again = visit > 5 && random.nextInt(8) == 0;
    Visitor visitor = again ? recent.removeFirst() : visitor(period, visit);
    recent.addLast(visitor);
    meet(visitor, period, millis);
    if (random.nextDouble() < visitor.buys) {
      buy(visitor, millis);
    }
    List<Given<?>> due = new ArrayList<>();
    Instant until = time((visit + 1) * APART);
    while (upcoming.anyBefore(until)) {
      due.add(upcoming.next());
    }
    return due;
  }

  private void setUp(long period, long before, long visit) {
    if (visit > 0 && period == before) {
      return;
    }
    long millis = period * PERIOD;
    add(button(period, millis), "green");
    add(banner(period, millis, 0, null, 0.4, 0.3, 0.3), "none");
    add(banner(period, millis + 2 * HOUR, 1, 0.8, 0.2, 0.5, 0.3), "");
    add(banner(period, millis + 4 * HOUR, 2, null, 0, 1, 0), "");
    add(search(period, millis), "mismatch");
  }

  private void add(ExperimentSetup setup, String planted) {
    upcoming.add(Experiments.SETUPS.given(setup).planted(planted));
  }

  private static ExperimentSetup button(long period, long millis) {
    String name = "button-" + period;
    return new ExperimentSetup(
        name, time(millis), name, variants("grey", 0.5, "green", 0.5), null, null, null);
  }

  private static ExperimentSetup banner(
      long period, long millis, int version, @Nullable Double coverage, double... weights) {
    String name = "banner-" + period;
    return new ExperimentSetup(
        name + "-" + version,
        time(millis),
        name,
        List.of(
            new Variant("none", weights[0]),
            new Variant("spring", weights[1]),
            new Variant("summer", weights[2])),
        coverage,
        "banners",
        null);
  }

  private static ExperimentSetup search(long period, long millis) {
    String name = "search-" + period;
    return new ExperimentSetup(
        name, time(millis), name, variants("old", 0.5, "new", 0.5), 1.0, null, false);
  }

  private static List<Variant> variants(
      String control, double weight, String treatment, double other) {
    return List.of(new Variant(control, weight), new Variant(treatment, other));
  }

  private Visitor visitor(long period, long visit) {
    String user = "visitor-%06d".formatted(visit);
    boolean green = button(period, 0).assigned(user, AssignBy.growthbook) == 1;
    return new Visitor(user, green ? 0.45 : 0.15);
  }

  private void meet(Visitor visitor, long period, long millis) {
    expose(visitor, "button-" + period, millis, null);
    expose(visitor, "banner-" + period, millis + random.nextLong(SECOND), null);
    String shown = random.nextBoolean() ? "old" : random.nextInt(2) == 0 ? "new" : null;
    if (shown != null) {
      String variant = random.nextInt(40) == 0 ? "beta" : shown;
      expose(visitor, "search-" + period, millis + random.nextLong(20 * SECOND), variant);
    }
    if (random.nextInt(60) == 0) {
      expose(visitor, "footer", millis, null);
    }
  }

  private void expose(Visitor visitor, String experiment, long millis, @Nullable String variant) {
    upcoming.add(
        Experiments.EXPOSURES.given(
            new Exposure(
                "X%07d".formatted(++exposures), time(millis), experiment, visitor.user, variant)));
  }

  private void buy(Visitor visitor, long millis) {
    long at = millis + 60 * SECOND + random.nextLong(HOUR / 2);
    boolean subscribes = random.nextInt(5) == 0;
    Long minor = subscribes ? null : (Long) (1_000 + random.nextLong(200_000));
    upcoming.add(
        Experiments.GOALS.given(
            new GoalReached(
                "G%07d".formatted(++goals),
                time(at),
                visitor.user,
                subscribes ? "subscribe" : "purchase",
                minor)));
  }

  private static Instant time(long millis) {
    return Scenario.START.plusMillis(millis);
  }
}
