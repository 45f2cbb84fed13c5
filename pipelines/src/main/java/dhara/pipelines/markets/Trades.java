package dhara.pipelines.markets;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The made-up morning of a market: random walks of five symbols, with some trades at the same time.
 */
final class Trades {

  private static final Instant OPENING = Instant.parse("2026-01-05T09:15:00Z");
  private static final String[] SYMBOLS = {"GANGA", "INDUS", "KAVERI", "NARMADA", "YAMUNA"};
  private static final String[] CONDITIONS = {"regular", "regular", "regular", "odd-lot"};

  private Trades() {}

  /** The first {@code count} trades of a seed, in the order of their time. */
  static Stream<Trade> generate(long seed, long count) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] prices = {1_250_000, 830_000, 2_400_000, 95_000, 412_500};
    long[] micros = {0};
    return LongStream.rangeClosed(1, count)
        .mapToObj(
            n -> {
              // One trade in five has the same time as the one before, so that ids decide.
              micros[0] += random.nextInt(5) == 0 ? 0 : 100 + random.nextInt(400_000);
              int symbol = random.nextInt(SYMBOLS.length);
              prices[symbol] = Math.max(100, prices[symbol] + 100L * (random.nextInt(41) - 20));
              boolean suspicious = random.nextInt(200) == 0;
              return new Trade(
                  "T%09d".formatted(n),
                  OPENING.plusNanos(micros[0] * 1000),
                  SYMBOLS[symbol],
                  suspicious ? prices[symbol] * 3 : prices[symbol],
                  1 + random.nextInt(500),
                  CONDITIONS[random.nextInt(CONDITIONS.length)],
                  suspicious);
            });
  }
}
