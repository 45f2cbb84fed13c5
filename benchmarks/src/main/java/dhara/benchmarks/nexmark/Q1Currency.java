package dhara.benchmarks.nexmark;

import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Query 1: the bids, their prices in euros instead of dollars.
 *
 * <pre>
 *   chunks ─▶ bids ─▶ euros
 * </pre>
 */
final class Q1Currency extends PTransform<PCollection<Chunk>, PCollection<Bid>> {

  private static final long serialVersionUID = 1L;

  /** Euro cents of a thousand dollar cents: the rate of the published query. */
  private static final long EUROS_OF_1000 = 908;

  @Override
  public PCollection<Bid> expand(PCollection<Chunk> chunks) {
    return chunks
        .apply("Bids", Unroll.to(Bid.class, Event::bid))
        .apply("Euros", MapElements.into(TypeDescriptor.of(Bid.class)).via(Q1Currency::inEuros));
  }

  static Bid inEuros(Bid bid) {
    return new Bid(
        bid.auction(),
        bid.bidder(),
        bid.price() * EUROS_OF_1000 / 1_000,
        bid.atMillis(),
        bid.extra());
  }
}
