package dhara.pipelines.commerce.recommend;

import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.recommend.Recommendations.Pick;
import dhara.transforms.order.Either;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Whether a user came to one of the products that were recommended.
 *
 * <p>Data: activities with products, and rankings, of a user in event-time order → an {@link
 * Outcome} of each ranking. Time: an activity counts if it is later than the ranking, by at most
 * the time that is given; an outcome comes when this has passed, and has the time of its ranking.
 * State: the rankings whose time has not passed, at most 1,000 of them; of more, the earliest gets
 * the outcome that it has so far. Bad data: activities without a product must be left out before.
 */
final class HitFold implements Fold<Either<Activity, Ranking>, HitFold.State, HitFold.Outcome> {

  private static final long serialVersionUID = 1L;

  private static final int MOST = 1_000;

  /**
   * What became of a ranking.
   *
   * @param cold whether nothing was known of the user
   * @param hit whether the user came to one of its products
   * @param popularHit whether to one of those that popularity alone would have recommended
   */
  record Outcome(Instant at, Occasion occasion, boolean cold, boolean hit, boolean popularHit) {}

  /** A ranking whose time has not passed, and what became of it so far. */
  record Open(Outcome outcome, List<String> picks, List<String> popular) {

    private Open after(String product) {
      return new Open(
          new Outcome(
              outcome.at,
              outcome.occasion,
              outcome.cold,
              outcome.hit || picks.contains(product),
              outcome.popularHit || popular.contains(product)),
          picks,
          popular);
    }
  }

  /**
   * What is remembered of a user.
   *
   * @param open the earliest first
   */
  record State(List<Open> open) {}

  private final Duration within;

  /**
   * A fold.
   *
   * @param within how much later than the ranking an activity may be
   */
  HitFold(Duration within) {
    this.within = within;
  }

  @Override
  public State initial() {
    return new State(List.of());
  }

  @Override
  public @Nullable State apply(
      State before, Either<Activity, Ranking> event, Consumer<Outcome> out) {
    List<Open> open = new ArrayList<>(before.open);
    Ranking ranking = event.second();
    if (ranking == null) {
      Activity activity = event.first();
      open.replaceAll(
          each ->
              activity.at().isAfter(each.outcome.at)
                      && !activity.at().isAfter(each.outcome.at.plus(within))
                  ? each.after(activity.product())
                  : each);
    } else {
      if (open.size() == MOST) {
        out.accept(open.remove(0).outcome);
      }
      open.add(
          new Open(
              new Outcome(ranking.at(), ranking.occasion(), ranking.cold(), false, false),
              ranking.picks().stream().map(Pick::product).toList(),
              ranking.popular()));
    }
    return open.isEmpty() ? null : new State(open);
  }

  /** A millisecond later than an activity still counts, because those of that moment come after. */
  @Override
  public @Nullable Instant wakeAt(State state) {
    return state.open.get(0).outcome.at.plus(earlierBy());
  }

  @Override
  public @Nullable State wake(State state, Instant at, Consumer<Outcome> out) {
    List<Open> open = new ArrayList<>(state.open);
    while (!open.isEmpty() && !open.get(0).outcome.at.plus(earlierBy()).isAfter(at)) {
      out.accept(open.remove(0).outcome);
    }
    return open.isEmpty() ? null : new State(open);
  }

  @Override
  public Instant timeOf(Outcome outcome, Instant at) {
    return outcome.at;
  }

  @Override
  public Duration earlierBy() {
    return within.plusMillis(1);
  }

  @Override
  public Duration keep() {
    return earlierBy();
  }
}
