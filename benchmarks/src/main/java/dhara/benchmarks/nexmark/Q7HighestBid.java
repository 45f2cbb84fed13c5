package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 7: the highest bid of each 10 seconds; of equal ones the earliest, of these the one in the
 * auction, and then by the bidder, with the lowest id.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ 10 s ─▶ the highest
 * </pre>
 */
final class Q7HighestBid
    extends PTransform<PCollection<Chunk>, PCollection<Q7HighestBid.HighestBid>> {

  private static final long serialVersionUID = 1L;

  /**
   * The highest bid of a window.
   *
   * @param startMillis start of the window, epoch milliseconds
   * @param price in cents
   * @param atMillis when it was made, epoch milliseconds
   */
  public record HighestBid(
      long startMillis, long price, long atMillis, long auction, long bidder) {}

  private record Market(String market) {
    static final Market WHOLE = new Market("whole");
  }

  private record Highest(long price, long atMillis, long auction, long bidder)
      implements Tally<Highest> {

    static final Highest NONE = new Highest(-1, Long.MAX_VALUE, 0, 0);

    static Highest of(Bid bid) {
      return new Highest(bid.price(), bid.atMillis(), bid.auction(), bid.bidder());
    }

    @Override
    public Highest plus(Highest other) {
      return other.beats(this) ? other : this;
    }

    private boolean beats(Highest other) {
      if (price != other.price) {
        return price > other.price;
      }
      if (atMillis != other.atMillis) {
        return atMillis < other.atMillis;
      }
      return auction != other.auction ? auction < other.auction : bidder < other.bidder;
    }
  }

  @Override
  public PCollection<HighestBid> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply("All", KeyBy.record(Market.class, bid -> Market.WHOLE))
        .apply(
            "Highest",
            Answers.in(Windows.tumbling(Duration.ofSeconds(10)))
                .perKey(TallyFn.of(Highest.NONE, Highest::of, Highest.class, best -> best)))
        .apply(
            "Rows",
            MapElements.into(TypeDescriptor.of(HighestBid.class))
                .via(
                    answer ->
                        new HighestBid(
                            answer.start().toEpochMilli(),
                            answer.value().price(),
                            answer.value().atMillis(),
                            answer.value().auction(),
                            answer.value().bidder())));
  }
}
