package dhara.pipelines.markets;

import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Made-up bars of a second: the prices of five symbols take small steps, of which each second one
 * leads back, so that none of them is beyond three standard deviations. Now and then a planted jump
 * is, if the symbol has been calm for long enough to tell.
 */
final class PriceBars {

  /** What is planted in the bar of a jump. */
  static final String SPIKE = "spike";

  private static final Instant OPENING = Instant.parse("2026-01-05T09:15:00Z");
  private static final String[] SYMBOLS = {"GANGA", "INDUS", "KAVERI", "NARMADA", "YAMUNA"};

  /** The longest step, in millionths of the price: 0.1 %. */
  private static final int STEP = 1_000;

  /**
   * A jump is at least this many steps, so it stands out even if another one was shortly before.
   */
  private static final int JUMP = 12;

  /** The bars before the first jump of a symbol. */
  private static final int CALM = 30;

  private PriceBars() {}

  /** The first {@code count} bars of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] prices = {12_500_000, 8_300_000, 24_000_000, 9_500_000, 41_250_000};
    boolean[] rises = new boolean[SYMBOLS.length];
    long[] jumped = new long[SYMBOLS.length];
    return LongStream.range(0, count)
        .mapToObj(
            n -> {
              int symbol = (int) (n % SYMBOLS.length);
              long second = n / SYMBOLS.length;
              boolean jumps = second - jumped[symbol] >= CALM && random.nextInt(30) == 0;
              rises[symbol] = second % 2 == 0 ? random.nextBoolean() : !rises[symbol];
              long steps = jumps ? JUMP + random.nextInt(JUMP) : 1;
              long millionths = steps * (STEP / 2 + random.nextInt(STEP / 2));
              long open = prices[symbol];
              long close = open + (rises[symbol] ? 1 : -1) * (open * millionths / 1_000_000);
              prices[symbol] = close;
              Given<?> bar = Indicators.BARS.given(bar(n, second, symbol, open, close, random));
              if (!jumps) {
                return bar;
              }
              jumped[symbol] = second;
              return bar.planted(SPIKE);
            });
  }

  private static PriceBar bar(
      long n, long second, int symbol, long open, long close, SplittableRandom random) {
    return new PriceBar(
        "B%09d".formatted(n + 1),
        OPENING.plusSeconds(second + 1),
        SYMBOLS[symbol],
        open,
        Math.max(open, close) + random.nextInt(500),
        Math.min(open, close) - random.nextInt(500),
        close,
        random.nextInt(10_000));
  }
}
