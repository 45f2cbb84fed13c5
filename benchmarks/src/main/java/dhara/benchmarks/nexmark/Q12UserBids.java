package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 12: how many bids people make in each 10 seconds.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ by bidder ─▶ 10 s ─▶ count
 * </pre>
 *
 * <p>The published query has windows of processing time, whose answers are others in every run.
 * Time is event time here, so these are windows of event time: the same grouping and work, with an
 * answer that can be checked.
 */
final class Q12UserBids extends PTransform<PCollection<Chunk>, PCollection<Q12UserBids.UserBids>> {

  private static final long serialVersionUID = 1L;

  /**
   * The bids of a person in a window.
   *
   * @param startMillis start of the window, epoch milliseconds
   */
  public record UserBids(long bidder, long startMillis, long bids) {}

  private record Bidder(long bidder) {}

  @Override
  public PCollection<UserBids> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply("ByBidder", KeyBy.record(Bidder.class, bid -> new Bidder(bid.bidder())))
        .apply("Count", Answers.in(Windows.tumbling(Duration.ofSeconds(10))).perKey(Count.each()))
        .apply(
            "Rows",
            MapElements.into(TypeDescriptor.of(UserBids.class))
                .via(
                    answer ->
                        new UserBids(
                            answer.key().bidder(),
                            answer.start().toEpochMilli(),
                            answer.value().count())));
  }
}
