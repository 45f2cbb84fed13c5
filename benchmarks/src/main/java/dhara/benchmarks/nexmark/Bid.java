package dhara.benchmarks.nexmark;

import dhara.benchmarks.harness.Checksum;

/**
 * A bid in an auction.
 *
 * @param auction the auction's id
 * @param bidder the person's id
 * @param price in cents
 * @param atMillis when, epoch milliseconds
 * @param extra fills the event up to its size
 */
public record Bid(long auction, long bidder, long price, long atMillis, String extra) {

  /** A hash of its ids and numbers, and of how long its text is. */
  long hash() {
    long hash = Checksum.mix(auction, bidder);
    hash = Checksum.mix(hash, price);
    hash = Checksum.mix(hash, atMillis);
    return Checksum.mix(hash, extra.length());
  }
}
