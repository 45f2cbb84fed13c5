package dhara.pipelines.commerce.features;

import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.features.UserFeatures.Interest;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The features of a user after each activity.
 *
 * <p>Data: activities of a user in event-time order → a vector after each. Time: interests and
 * intent decay by the number of activities, and not by time. State: {@link State}, forgotten when
 * nothing has happened for the time to live. An interest below {@link #LEAST} is forgotten too,
 * which bounds the categories: with a decay of 0.95 to those of the last 149 activities.
 *
 * <p>Sums of {@code double}s depend on their order. Here each belongs to one key, whose activities
 * are added one after the other in the order of event time, so it is the same in every run.
 *
 * @param ttl the time to live
 * @param decay what is left of an interest after each further activity
 */
record UserFold(Duration ttl, double decay)
    implements Fold<Activity, UserFold.State, UserFold.Vector> {

  /** Interests below it are forgotten. */
  static final double LEAST = 0.01;

  /** How many interests a vector lists. */
  static final int LISTED = 10;

  private static final Comparator<Interest> GREATEST_FIRST =
      Comparator.comparingDouble(Interest::weight).reversed().thenComparing(Interest::category);

  /** A vector, and the activity after which it holds. */
  record Vector(String event, Instant at, UserFeatures features) {}

  /**
   * What is remembered of a user.
   *
   * @param interests in the order in which the categories were first seen, exact
   */
  record State(
      long events,
      long productViews,
      long carts,
      long purchases,
      long spentMinor,
      double intent,
      List<Interest> interests) {

    private static final State NONE = new State(0, 0, 0, 0, 0, 0, List.of());
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
    State after =
        new State(
            before.events + 1,
            before.productViews + (kind == Kind.PRODUCT_VIEW ? 1 : 0),
            before.carts + (kind == Kind.ADD_TO_CART ? 1 : 0),
            before.purchases + (bought ? 1 : 0),
            before.spentMinor + (bought && paid != null ? paid : 0),
            before.intent * decay + ActivityPoints.of(kind),
            interests(before.interests, activity.category()));
    out.accept(new Vector(activity.id(), activity.at(), features(after, activity)));
    return after;
  }

  @Override
  public Duration keep() {
    return ttl;
  }

  private List<Interest> interests(List<Interest> before, @Nullable String category) {
    List<Interest> after = new ArrayList<>(before.size() + 1);
    boolean known = false;
    for (Interest interest : before) {
      boolean same = interest.category().equals(category);
      double left = interest.weight() * decay;
      if (same) {
        after.add(new Interest(category, (left < LEAST ? 0 : left) + 1));
      } else if (left >= LEAST) {
        after.add(new Interest(interest.category(), left));
      }
      known |= same;
    }
    if (category != null && !known) {
      after.add(new Interest(category, 1));
    }
    return after;
  }

  private UserFeatures features(State of, Activity last) {
    List<Interest> listed =
        of.interests.stream()
            .map(each -> new Interest(each.category(), UserFeatures.rounded(each.weight())))
            .sorted(GREATEST_FIRST)
            .limit(LISTED)
            .toList();
    return new UserFeatures(
        UserFeatures.VERSION,
        of.events,
        of.productViews,
        of.carts,
        of.purchases,
        of.spentMinor,
        UserFeatures.conversion(of.purchases, of.productViews),
        UserFeatures.rounded(of.intent),
        listed.isEmpty() ? null : listed.get(0).category(),
        listed,
        last.kind(),
        last.at(),
        last.at().plus(ttl));
  }
}
