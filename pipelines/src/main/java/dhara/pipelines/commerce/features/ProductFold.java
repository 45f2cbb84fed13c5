package dhara.pipelines.commerce.features;

import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The features of a product after each activity about it.
 *
 * <p>Data: activities about a product in event-time order → a vector after each. Time: popularity
 * decays by event time, in milliseconds. State: {@link State}, forgotten when nothing has happened
 * for the time to live.
 *
 * @param ttl the time to live
 * @param halfLife after which an activity counts half for the popularity
 */
record ProductFold(Duration ttl, Duration halfLife)
    implements Fold<Activity, ProductFold.State, ProductFold.Vector> {

  /** A vector, and the activity after which it holds. */
  record Vector(String event, Instant at, ProductFeatures features) {}

  /**
   * What is remembered of a product.
   *
   * @param popularity as of the last activity, exact
   * @param lastMillis the time of the last activity, epoch milliseconds
   */
  record State(
      @Nullable String category,
      long events,
      long views,
      long carts,
      long purchases,
      long revenueMinor,
      double popularity,
      long lastMillis) {

    private static final State NONE = new State(null, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public State initial() {
    return State.NONE;
  }

  @Override
  public State apply(State before, Activity activity, Consumer<Vector> out) {
    Kind kind = activity.kind();
    Long paid = activity.amountMinor();
    boolean bought = kind == Kind.PURCHASE;
    long at = activity.at().toEpochMilli();
    State after =
        new State(
            activity.category() == null ? before.category : activity.category(),
            before.events + 1,
            before.views + (kind == Kind.PRODUCT_VIEW ? 1 : 0),
            before.carts + (kind == Kind.ADD_TO_CART ? 1 : 0),
            before.purchases + (bought ? 1 : 0),
            before.revenueMinor + (bought && paid != null ? paid : 0),
            before.popularity * left(before, at) + ActivityPoints.of(kind),
            at);
    out.accept(new Vector(activity.id(), activity.at(), features(after, activity)));
    return after;
  }

  /** Math.pow may differ between machines in the last bit. */
  private double left(State before, long at) {
    return before.events == 0
        ? 0
        : StrictMath.pow(0.5, (double) (at - before.lastMillis) / halfLife.toMillis());
  }

  @Override
  public Duration keep() {
    return ttl;
  }

  private ProductFeatures features(State of, Activity last) {
    return new ProductFeatures(
        ProductFeatures.VERSION,
        of.category,
        of.events,
        of.views,
        of.carts,
        of.purchases,
        of.revenueMinor,
        UserFeatures.conversion(of.purchases, of.views),
        UserFeatures.rounded(of.popularity),
        last.kind(),
        last.at(),
        last.at().plus(ttl));
  }
}
