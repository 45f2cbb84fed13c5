package dhara.benchmarks.nexmark;

import org.checkerframework.checker.nullness.qual.Nullable;

/** What happens in the auction house: exactly one of the three is there. */
public record Event(@Nullable Person person, @Nullable Auction auction, @Nullable Bid bid) {

  /** When it happened, epoch milliseconds. */
  public long atMillis() {
    if (bid != null) {
      return bid.atMillis();
    }
    return auction != null ? auction.atMillis() : person.atMillis();
  }
}
