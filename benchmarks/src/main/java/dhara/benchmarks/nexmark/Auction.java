package dhara.benchmarks.nexmark;

/**
 * An item that is put up for auction.
 *
 * @param initialBid in cents
 * @param reserve what it is not sold below, in cents
 * @param atMillis when the auction opens, epoch milliseconds
 * @param expiresMillis when it closes: bids count before, epoch milliseconds
 * @param seller the person's id
 * @param extra fills the event up to its size
 */
public record Auction(
    long id,
    String item,
    String description,
    long initialBid,
    long reserve,
    long atMillis,
    long expiresMillis,
    long seller,
    long category,
    String extra) {}
