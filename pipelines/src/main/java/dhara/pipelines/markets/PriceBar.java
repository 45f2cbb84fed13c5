package dhara.pipelines.markets;

import dhara.events.Event;
import java.time.Instant;

/**
 * A bar of an instrument: the answer of {@code candles}, or a bar of any feed.
 *
 * @param id identity, e.g. symbol and time
 * @param at when the bar ended, which is when its close was known
 * @param symbol the instrument
 * @param openE4 price of the first trade, in ten-thousandths of the currency
 * @param highE4 the highest price
 * @param lowE4 the lowest price
 * @param closeE4 price of the last trade
 * @param volume units traded
 */
public record PriceBar(
    String id,
    Instant at,
    String symbol,
    long openE4,
    long highE4,
    long lowE4,
    long closeE4,
    long volume)
    implements Event {

  /** The highest price, in ten-thousandths: its millionths fit a long, and a double exactly. */
  private static final long MOST_E4 = 10_000_000_000_000L;

  public PriceBar {
    if (lowE4 <= 0) {
      throw new IllegalArgumentException("lowE4 is not above zero: " + lowE4);
    }
    if (highE4 > MOST_E4) {
      throw new IllegalArgumentException("highE4 is beyond " + MOST_E4 + ": " + highE4);
    }
    checkWithin("openE4", openE4, lowE4, highE4);
    checkWithin("closeE4", closeE4, lowE4, highE4);
    if (volume < 0) {
      throw new IllegalArgumentException("volume is negative: " + volume);
    }
  }

  private static void checkWithin(String name, long priceE4, long lowE4, long highE4) {
    if (priceE4 < lowE4 || priceE4 > highE4) {
      throw new IllegalArgumentException(
          "%s is not within low and high, %d and %d: %d".formatted(name, lowE4, highE4, priceE4));
    }
  }
}
