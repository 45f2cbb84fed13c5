package dhara.benchmarks.nexmark;

/**
 * A bid in an auction.
 *
 * @param auction the auction's id
 * @param bidder the person's id
 * @param price in cents
 * @param atMillis when, epoch milliseconds
 * @param extra fills the event up to its size
 */
public record Bid(long auction, long bidder, long price, long atMillis, String extra) {}
