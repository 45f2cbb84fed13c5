package dhara.benchmarks.nexmark;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.aggregate.LatestFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 5: the auction with the most bids in the last 10 seconds, every 5; of a tie, all.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ by auction ─▶ 10 s every 5 s ─▶ count ─▶ the most
 * </pre>
 */
final class Q5HotItems extends PTransform<PCollection<Chunk>, PCollection<Q5HotItems.HotItem>> {

  private static final long serialVersionUID = 1L;

  /**
   * An auction that no other had more bids than.
   *
   * @param startMillis start of the window, epoch milliseconds
   */
  public record HotItem(long startMillis, long auction, long bids) {}

  private record AuctionId(long auction) {}

  private record Ranking(String rankedBy) {
    static final Ranking BY_BIDS = new Ranking("bids");
  }

  private record Hottest(List<Long> auctions, long bids) {}

  @Override
  public PCollection<HotItem> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply("ByAuction", KeyBy.record(AuctionId.class, bid -> new AuctionId(bid.auction())))
        .apply(
            "Count",
            Answers.in(Windows.sliding(Duration.ofSeconds(10), Duration.ofSeconds(5)))
                .perKey(Count.each()))
        .apply("Rank", KeyBy.record(Ranking.class, count -> Ranking.BY_BIDS))
        .apply("Hottest", Answers.perKey(LatestFn.of(Q5HotItems::hottest, Hottest.class)))
        .apply(
            "Rows", FlatMapElements.into(TypeDescriptor.of(HotItem.class)).via(Q5HotItems::items));
  }

  private static Hottest hottest(Collection<Answer<AuctionId, Count>> counts) {
    long most = counts.stream().mapToLong(count -> count.value().count()).max().orElseThrow();
    return new Hottest(
        counts.stream()
            .filter(count -> count.value().count() == most)
            .map(count -> count.key().auction())
            .sorted()
            .toList(),
        most);
  }

  private static List<HotItem> items(Answer<Ranking, Hottest> answer) {
    List<HotItem> items = new ArrayList<>();
    for (long auction : answer.value().auctions()) {
      items.add(new HotItem(answer.start().toEpochMilli(), auction, answer.value().bids()));
    }
    return items;
  }
}
