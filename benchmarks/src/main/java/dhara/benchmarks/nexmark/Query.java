package dhara.benchmarks.nexmark;

import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * A query, written twice, with the same rows for answers. Events come in order, so that no answer
 * is revised, and rows leave the revision out.
 *
 * @param name {@code q0}, {@code q1} …
 * @param title what it asks for
 * @param row what an answer is
 * @param dhara with Dhara's transforms
 * @param byHand as a Flink {@code DataStream}
 */
public record Query<R extends Record>(
    String name,
    String title,
    Class<R> row,
    PTransform<PCollection<Chunk>, PCollection<R>> dhara,
    SerializableFunction<DataStream<Event>, DataStream<R>> byHand) {

  /** All queries, in the order of their numbers. */
  public static List<Query<?>> all() {
    return List.of(
        new Query<>(
            "q0", "pass through", Event.class, new Q0PassThrough(), Q0PassThroughNative::of),
        new Query<>("q1", "currency", Bid.class, new Q1Currency(), Q1CurrencyNative::of),
        new Query<>(
            "q2",
            "selection",
            Q2Selection.AuctionPrice.class,
            new Q2Selection(),
            Q2SelectionNative::of),
        new Query<>(
            "q3",
            "local items",
            Q3LocalItems.LocalItem.class,
            new Q3LocalItems(),
            Q3LocalItemsNative::of),
        new Query<>(
            "q4",
            "category prices",
            Q4CategoryPrices.CategoryPrice.class,
            new Q4CategoryPrices(),
            Q4CategoryPricesNative::of),
        new Query<>(
            "q5", "hot items", Q5HotItems.HotItem.class, new Q5HotItems(), Q5HotItemsNative::of),
        new Query<>(
            "q7",
            "highest bid",
            Q7HighestBid.HighestBid.class,
            new Q7HighestBid(),
            Q7HighestBidNative::of),
        new Query<>(
            "q8",
            "new sellers",
            Q8NewSellers.NewSeller.class,
            new Q8NewSellers(),
            Q8NewSellersNative::of),
        new Query<>(
            "q9", "winning bids", WinningBids.Win.class, new WinningBids(), WinningBidsNative::of),
        new Query<>(
            "q11",
            "user sessions",
            Q11UserSessions.UserSession.class,
            new Q11UserSessions(),
            Q11UserSessionsNative::of),
        new Query<>(
            "q12",
            "user bids",
            Q12UserBids.UserBids.class,
            new Q12UserBids(),
            Q12UserBidsNative::of));
  }
}
