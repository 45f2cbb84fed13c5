package dhara.benchmarks.nexmark;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * A query, and what its answers are. Events come in order, so that no answer is revised, and rows
 * leave the revision out.
 *
 * @param name {@code q0}, {@code q1} …
 * @param title what it asks for
 * @param row what an answer is
 * @param dhara the query with Dhara's transforms
 * @param hash of a row, from all that the query computes
 */
record Query<R extends Record>(
    String name,
    String title,
    Class<R> row,
    PTransform<PCollection<Chunk>, PCollection<R>> dhara,
    Hash<R> hash) {

  /** A hash of a row. */
  interface Hash<R> extends Serializable {
    long of(R row);
  }

  private Query(
      String name,
      String title,
      Class<R> row,
      PTransform<PCollection<Chunk>, PCollection<R>> dhara) {
    this(name, title, row, dhara, Record::hashCode);
  }

  /** All queries, in the order of their numbers. */
  static List<Query<?>> all() {
    return List.of(
        // Events and bids have long texts, which are as they came: to hash them all would be most
        // of these two queries' work.
        new Query<>("q0", "pass through", Event.class, new Q0PassThrough(), Event::hash),
        new Query<>("q1", "bids in euros", Bid.class, new Q1Currency(), Bid::hash),
        new Query<>(
            "q2", "bids in some auctions", Q2Selection.AuctionPrice.class, new Q2Selection()),
        new Query<>(
            "q3", "what local people sell", Q3LocalItems.LocalItem.class, new Q3LocalItems()),
        new Query<>(
            "q4",
            "average price of each category",
            Q4CategoryPrices.CategoryPrice.class,
            new Q4CategoryPrices()),
        new Query<>(
            "q5", "auctions with the most bids", Q5HotItems.HotItem.class, new Q5HotItems()),
        new Query<>("q7", "highest bid", Q7HighestBid.HighestBid.class, new Q7HighestBid()),
        new Query<>("q8", "new people who sell", Q8NewSellers.NewSeller.class, new Q8NewSellers()),
        new Query<>("q9", "winning bids", WinningBids.Win.class, new WinningBids()),
        new Query<>(
            "q11",
            "bids of each user's sessions",
            Q11UserSessions.UserSession.class,
            new Q11UserSessions()),
        new Query<>(
            "q12", "bids of each user in a window", Q12UserBids.UserBids.class, new Q12UserBids()));
  }

  /** The query of this name. */
  static Query<?> named(String name) {
    return all().stream()
        .filter(query -> query.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no query " + name));
  }
}
