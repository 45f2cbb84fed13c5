package dhara.pipelines.commerce.recommend;

import dhara.pipelines.commerce.Activity;
import dhara.transforms.order.Either;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What each user looked at and bought lately.
 *
 * <p>Data: activities with products, and requests, of a user in event-time order → {@link Visited}
 * for each. Time: "lately" includes the beginning of that time. State: the last products, each
 * once, and the last 200 purchases, until both times have passed. Bad data: activities without a
 * product must be left out before.
 */
final class UserHistory
    implements Fold<Either<Activity, RecommendationRequest>, UserHistory.State, Visited> {

  private static final long serialVersionUID = 1L;

  /** Few people buy more within a month; a wholesaler does. */
  private static final int MOST_BOUGHT = 200;

  /** A product, and when the user had it last. */
  record Seen(String product, Instant at) {}

  /**
   * What is remembered of a user; the latest are last.
   *
   * @param recent the products of activities
   * @param bought those of purchases
   */
  record State(List<Seen> recent, List<Seen> bought) {}

  private final int recentProducts;
  private final Duration recentFor;
  private final Duration notBoughtFor;
  private final Set<Occasion> after;

  /**
   * A fold.
   *
   * @param recentProducts how many products are recent at most
   * @param recentFor for how long they are
   * @param notBoughtFor for how long purchases are remembered
   * @param after which activities ask for recommendations
   */
  UserHistory(int recentProducts, Duration recentFor, Duration notBoughtFor, Set<Occasion> after) {
    this.recentProducts = recentProducts;
    this.recentFor = recentFor;
    this.notBoughtFor = notBoughtFor;
    this.after = after;
  }

  @Override
  public State initial() {
    return new State(List.of(), List.of());
  }

  @Override
  public State apply(
      State before, Either<Activity, RecommendationRequest> event, Consumer<Visited> out) {
    List<Seen> recent = since(before.recent, event.at().minus(recentFor));
    List<Seen> bought = since(before.bought, event.at().minus(notBoughtFor));
    Activity activity = event.first();
    if (activity == null) {
      RecommendationRequest request = event.second();
      out.accept(
          new Visited(
              request.id(),
              request.at(),
              request.user(),
              Occasion.REQUEST,
              null,
              false,
              latestFirst(recent),
              latestFirst(bought),
              true));
      return new State(recent, bought);
    }
    Occasion occasion = Occasion.of(activity);
    Seen seen = new Seen(activity.product(), activity.at());
    boolean arrived = recent.stream().noneMatch(each -> each.product.equals(seen.product));
    recent = with(recent, seen, recentProducts);
    bought = occasion == Occasion.PURCHASE ? with(bought, seen, MOST_BOUGHT) : bought;
    out.accept(
        new Visited(
            activity.id(),
            activity.at(),
            activity.user(),
            occasion,
            activity.product(),
            arrived,
            latestFirst(recent),
            latestFirst(bought),
            after.contains(occasion)));
    return new State(recent, bought);
  }

  /** Longer than anything is remembered. */
  @Override
  public Duration keep() {
    return recentFor.compareTo(notBoughtFor) > 0 ? recentFor : notBoughtFor;
  }

  private static List<Seen> since(List<Seen> all, Instant first) {
    int old = 0;
    while (old < all.size() && all.get(old).at.isBefore(first)) {
      old++;
    }
    return all.subList(old, all.size());
  }

  /** The latest, with another as the last. */
  private static List<Seen> with(List<Seen> all, Seen last, int most) {
    List<Seen> more = new ArrayList<>(all.size() + 1);
    for (Seen each : all) {
      if (!each.product.equals(last.product)) {
        more.add(each);
      }
    }
    more.add(last);
    return more.size() > most ? more.subList(more.size() - most, more.size()) : more;
  }

  private static List<String> latestFirst(List<Seen> all) {
    List<String> products = new ArrayList<>(all.size());
    for (int i = all.size() - 1; i >= 0; i--) {
      products.add(all.get(i).product);
    }
    return products;
  }
}
