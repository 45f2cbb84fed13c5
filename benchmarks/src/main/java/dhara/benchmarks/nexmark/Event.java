package dhara.benchmarks.nexmark;

import dhara.benchmarks.harness.Checksum;
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

  /** A hash of its ids and numbers, and of how long its texts are. */
  long hash() {
    if (bid != null) {
      return bid.hash();
    }
    if (auction != null) {
      long hash = Checksum.mix(auction.id(), auction.seller());
      hash = Checksum.mix(hash, auction.category());
      hash = Checksum.mix(hash, auction.reserve());
      hash = Checksum.mix(hash, auction.expiresMillis());
      return Checksum.mix(hash, auction.extra().length());
    }
    long hash = Checksum.mix(person.id(), person.atMillis());
    return Checksum.mix(hash, person.extra().length());
  }
}
