package dhara.pipelines.markets;

import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The indicators of one instrument, bar by bar, with the formulas of TA-Lib (ta-lib.org), the
 * library that most charting tools agree with:
 *
 * <ul>
 *   <li>SMA ({@code ta_SMA.c}): the mean of the last n closes, here exact.
 *   <li>EMA ({@code ta_EMA.c}): the first value is the SMA of the first n closes; then {@code ema +
 *       (close - ema) · 2 / (n + 1)}.
 *   <li>Bollinger bands ({@code ta_BBANDS.c}, {@code ta_STDDEV.c}): the SMA ± some deviations; the
 *       standard deviation is that of the population, which divides by n.
 *   <li>RSI ({@code ta_RSI.c}, after J. Welles Wilder, "New Concepts in Technical Trading Systems",
 *       1978): the first average gain and loss are the means of the first n changes; then {@code
 *       (average · (n - 1) + change) / n}. RSI = 100 · gain / (gain + loss), and 0 without
 *       movement.
 *   <li>Realised volatility (T. Andersen, T. Bollerslev, "Answering the Skeptics", 1998): the root
 *       of the sum of the last n squared log returns. It is not annualised.
 *   <li>Score: the log return of a bar, in standard deviations from the mean of the n returns
 *       before it. The bar itself does not count, or it would widen what it is measured by. There
 *       is none if all of these returns are equal.
 * </ul>
 *
 * <p>Only the first of bars at one millisecond counts; at one time, the one with the smaller id. An
 * instrument without a bar for longer than {@code keep} starts anew.
 *
 * @param shortPeriod n of the short averages, at least 2
 * @param longPeriod n of the long averages, bands, volatility and score, at least 2
 * @param rsiPeriod n of RSI, at least 2
 * @param bandDeviations how many standard deviations the bands are from the average
 * @param keep how long after its last bar the series of an instrument goes on
 */
public record PriceSeries(
    int shortPeriod, int longPeriod, int rsiPeriod, double bandDeviations, Duration keep)
    implements Fold<PriceBar, PriceSeries.Series, PriceSeries.Point> {

  private static final double E4 = 1e4;
  private static final double E6 = 1e6;
  private static final double E9 = 1e9;

  /** What TA-Lib takes for zero. */
  private static final double ZERO = 1e-14;

  /** The indicators after a bar. */
  public record Point(Instant at, Indicators.Values values) {}

  /**
   * What is remembered of an instrument.
   *
   * @param bars how many bars there were
   * @param lastMillis the time of the last one
   * @param closesE4 the last closes, oldest first
   * @param emaShort from the bar of its period on
   * @param emaLong from the bar of its period on
   * @param gain Wilder's average, from the bar after the RSI's period on
   * @param loss Wilder's average, from the bar after the RSI's period on
   */
  public record Series(
      long bars,
      long lastMillis,
      List<Long> closesE4,
      double emaShort,
      double emaLong,
      double gain,
      double loss) {}

  @Override
  public Series initial() {
    return new Series(0, Long.MIN_VALUE, List.of(), 0, 0, 0, 0);
  }

  @Override
  public Series apply(Series before, PriceBar bar, Consumer<Point> out) {
    long millis = bar.at().toEpochMilli();
    if (millis == before.lastMillis) {
      return before;
    }
    List<Long> closes = closes(before.closesE4, bar.closeE4());
    long bars = before.bars + 1;
    double change = closes.size() == 1 ? 0 : price(closes, 0) - price(closes, 1);
    Series after =
        new Series(
            bars,
            millis,
            closes,
            ema(before.emaShort, bars, closes, shortPeriod),
            ema(before.emaLong, bars, closes, longPeriod),
            wilder(before.gain, bars, closes, 1, Math.max(change, 0)),
            wilder(before.loss, bars, closes, -1, Math.max(-change, 0)));
    out.accept(new Point(bar.at(), values(after)));
    return after;
  }

  private List<Long> closes(List<Long> before, long closeE4) {
    int most = Math.max(longPeriod + 2, Math.max(shortPeriod, rsiPeriod + 1));
    int skipped = before.size() == most ? 1 : 0;
    List<Long> closes = new ArrayList<>(most);
    closes.addAll(before.subList(skipped, before.size()));
    closes.add(closeE4);
    return closes;
  }

  /** The price some bars ago, in the currency. */
  private static double price(List<Long> closesE4, int ago) {
    return closesE4.get(closesE4.size() - 1 - ago) / E4;
  }

  private static double ema(double before, long bars, List<Long> closes, int period) {
    if (bars > period) {
      return before + (price(closes, 0) - before) * (2.0 / (period + 1));
    }
    return bars < period ? 0 : sumE4(closes, period) / E4 / period;
  }

  /** Wilder's average of the gains (sign 1) or losses (sign -1). */
  private double wilder(double before, long bars, List<Long> closes, int sign, double change) {
    if (bars > rsiPeriod + 1) {
      return (before * (rsiPeriod - 1) + change) / rsiPeriod;
    }
    double sum = 0;
    for (int ago = rsiPeriod - 1; bars == rsiPeriod + 1 && ago >= 0; ago--) {
      sum += Math.max(0, sign * (price(closes, ago) - price(closes, ago + 1)));
    }
    return sum / rsiPeriod;
  }

  private Indicators.Values values(Series series) {
    List<Long> closes = series.closesE4;
    boolean full = closes.size() >= longPeriod;
    double middle = full ? sumE4(closes, longPeriod) / E4 / longPeriod : 0;
    double width = full ? bandDeviations * deviation(closes, middle) : 0;
    List<Long> returns = returnsE9(closes);
    return new Indicators.Values(
        closes.get(closes.size() - 1),
        smaE6(closes, shortPeriod),
        smaE6(closes, longPeriod),
        series.bars < shortPeriod ? null : Math.round(series.emaShort * E6),
        series.bars < longPeriod ? null : Math.round(series.emaLong * E6),
        full ? Math.round((middle + width) * E6) : null,
        full ? Math.round((middle - width) * E6) : null,
        series.bars <= rsiPeriod ? null : Math.round(rsi(series.gain, series.loss) * E6),
        returns.isEmpty() ? null : returns.get(returns.size() - 1),
        volatilityE9(returns),
        scoreE6(returns));
  }

  private static long sumE4(List<Long> closes, int last) {
    long sum = 0;
    for (int i = closes.size() - last; i < closes.size(); i++) {
      sum += closes.get(i);
    }
    return sum;
  }

  /** Exact, and rounded half up. */
  private static @Nullable Long smaE6(List<Long> closes, int period) {
    return closes.size() < period
        ? null
        : Math.floorDiv(2 * 100 * sumE4(closes, period) + period, 2L * period);
  }

  private double deviation(List<Long> closes, double mean) {
    double squares = 0;
    for (int ago = longPeriod - 1; ago >= 0; ago--) {
      double distance = price(closes, ago) - mean;
      squares += distance * distance;
    }
    return Math.sqrt(squares / longPeriod);
  }

  private static double rsi(double gain, double loss) {
    double both = gain + loss;
    return both < ZERO ? 0 : 100 * (gain / both);
  }

  /** The log returns between the closes, in billionths. */
  private static List<Long> returnsE9(List<Long> closes) {
    List<Long> returns = new ArrayList<>(closes.size());
    for (int i = 1; i < closes.size(); i++) {
      double ratio = (double) closes.get(i) / closes.get(i - 1);
      returns.add(Math.round(StrictMath.log(ratio) * E9));
    }
    return returns;
  }

  private @Nullable Long volatilityE9(List<Long> returns) {
    if (returns.size() < longPeriod) {
      return null;
    }
    double squares = 0;
    for (long each : returns.subList(returns.size() - longPeriod, returns.size())) {
      squares += (double) each * each;
    }
    return Math.round(Math.sqrt(squares));
  }

  private @Nullable Long scoreE6(List<Long> returns) {
    int last = returns.size() - 1;
    if (last < longPeriod) {
      return null;
    }
    List<Long> before = returns.subList(last - longPeriod, last);
    double sum = 0;
    for (long each : before) {
      sum += each;
    }
    double mean = sum / longPeriod;
    double squares = 0;
    for (long each : before) {
      squares += (each - mean) * (each - mean);
    }
    double deviation = Math.sqrt(squares / longPeriod);
    return before.stream().distinct().count() == 1
        ? null
        : Math.round((returns.get(last) - mean) / deviation * E6);
  }
}
