package dhara.benchmarks.nexmark;

import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 2: the prices bid in some auctions, one of 123.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ of these auctions ─▶ prices
 * </pre>
 */
final class Q2Selection
    extends PTransform<PCollection<Chunk>, PCollection<Q2Selection.AuctionPrice>> {

  private static final long serialVersionUID = 1L;

  /**
   * A price bid in an auction.
   *
   * @param price in cents
   */
  public record AuctionPrice(long auction, long price) {}

  @Override
  public PCollection<AuctionPrice> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply("Selected", Filter.by(bid -> bid.auction() % 123 == 0))
        .apply(
            "Prices",
            MapElements.into(TypeDescriptor.of(AuctionPrice.class))
                .via(bid -> new AuctionPrice(bid.auction(), bid.price())));
  }
}
