package dhara.pipelines.markets;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One trade on a market.
 *
 * @param id identity; of two trades at the same time, the one with the smaller id came first
 * @param at when it was executed
 * @param symbol the instrument
 * @param priceE4 price in ten-thousandths of the currency, as market data feeds carry it
 * @param size units traded
 * @param condition the sale condition code of the feed, if there is one
 * @param suspicious marked by the feed as far from the market, perhaps to be reversed
 */
public record Trade(
    String id,
    Instant at,
    String symbol,
    long priceE4,
    long size,
    @Nullable String condition,
    boolean suspicious)
    implements Event {

  /** The largest size of one trade: sums of nine million such trades fit a long. */
  private static final long MOST_UNITS = 1_000_000_000_000L;

  /** The largest value of one trade, in ten-thousandths: it fits a long. */
  private static final long MOST_E4 = 1_000_000_000_000_000L;

  public Trade {
    if (priceE4 <= 0) {
      throw new IllegalArgumentException("priceE4 is not above zero: " + priceE4);
    }
    if (size <= 0) {
      throw new IllegalArgumentException("size is not above zero: " + size);
    }
    if (size > MOST_UNITS) {
      throw new IllegalArgumentException("size is beyond " + MOST_UNITS + ": " + size);
    }
    if (priceE4 > MOST_E4 / size) {
      throw new IllegalArgumentException(
          "the trade's value is beyond " + MOST_E4 + ": " + priceE4 + " x " + size);
    }
  }
}
