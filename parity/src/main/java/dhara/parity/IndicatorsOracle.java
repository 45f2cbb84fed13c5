package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.markets.Indicators;
import dhara.pipelines.markets.PriceBar;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Computes each indicator from whole arrays of closes, as books define them. */
@AutoService(Oracle.class)
public final class IndicatorsOracle implements Oracle {

  @Override
  public String analysis() {
    return "indicators";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--shortPeriod=3",
            "--longPeriod=8",
            "--rsiPeriod=30",
            "--bandDeviations=1.5",
            "--spikeDeviations=2.25",
            "--restartAfter=PT10S"));
  }

  @Override
  public long testEvents() {
    return 350;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Indicators.Options options = given.as(Indicators.Options.class);
    Map<String, List<PriceBar>> bySymbol = new TreeMap<>();
    inputs.of("bars", PriceBar.class).stream()
        .sorted(Comparator.comparing(PriceBar::at).thenComparing(PriceBar::id))
        .forEach(bar -> bySymbol.computeIfAbsent(bar.symbol(), s -> new ArrayList<>()).add(bar));
    List<String> indicators = new ArrayList<>();
    List<String> spikes = new ArrayList<>();
    for (List<PriceBar> bars : bySymbol.values()) {
      for (List<PriceBar> series : series(bars, options.getRestartAfter())) {
        answer(new Closes(series), options, indicators, spikes);
      }
    }
    return Map.of("indicators", indicators, "spikes", spikes);
  }

  /** Series without long pauses, of one bar for each millisecond. */
  private static List<List<PriceBar>> series(List<PriceBar> bars, Duration pause) {
    List<List<PriceBar>> all = new ArrayList<>();
    PriceBar last = null;
    for (PriceBar bar : bars) {
      if (last == null || last.at().plus(pause).isBefore(bar.at())) {
        all.add(new ArrayList<>());
      }
      List<PriceBar> series = all.get(all.size() - 1);
      if (series.isEmpty()
          || series.get(series.size() - 1).at().toEpochMilli() != bar.at().toEpochMilli()) {
        series.add(bar);
      }
      last = bar;
    }
    return all;
  }

  private static void answer(
      Closes closes, Indicators.Options options, List<String> indicators, List<String> spikes) {
    int fast = options.getShortPeriod();
    int slow = options.getLongPeriod();
    for (int i = 0; i < closes.bars.size(); i++) {
      PriceBar bar = closes.bars.get(i);
      Box<String> box =
          new Box<>(
              bar.symbol(),
              Instant.ofEpochMilli(bar.at().toEpochMilli()),
              Instant.ofEpochMilli(bar.at().toEpochMilli() + 1));
      Long score = closes.score(i, slow);
      indicators.add(
          """
          {"symbol":"%s",%s,"close_e4":%d,"sma_short_e6":%d,"sma_long_e6":%d,\
          "ema_short_e6":%d,"ema_long_e6":%d,"band_upper_e6":%d,"band_lower_e6":%d,\
          "rsi_e6":%d,"return_e9":%d,"volatility_e9":%d,"score_e6":%d}"""
              .formatted(
                  bar.symbol(),
                  box.window(),
                  bar.closeE4(),
                  closes.sma(i, fast),
                  closes.sma(i, slow),
                  closes.ema(i, fast),
                  closes.ema(i, slow),
                  closes.band(i, slow, options.getBandDeviations()),
                  closes.band(i, slow, -options.getBandDeviations()),
                  closes.rsi(i, options.getRsiPeriod()),
                  i == 0 ? null : (Long) closes.returns[i],
                  closes.volatility(i, slow),
                  score));
      if (score != null && Math.abs(score) > options.getSpikeDeviations() * 1e6) {
        spikes.add(
            "{\"symbol\":\"%s\",%s,\"close_e4\":%d,\"return_e9\":%d,\"score_e6\":%d}"
                .formatted(bar.symbol(), box.window(), bar.closeE4(), closes.returns[i], score));
      }
    }
  }

  /** The closes of one series, in the currency, and their log returns in billionths. */
  private static final class Closes {

    private final List<PriceBar> bars;
    private final double[] prices;
    private final long[] returns;

    Closes(List<PriceBar> bars) {
      this.bars = bars;
      this.prices = bars.stream().mapToDouble(bar -> bar.closeE4() / 10_000.0).toArray();
      this.returns = new long[prices.length];
      for (int i = 1; i < prices.length; i++) {
        double ratio = (double) bars.get(i).closeE4() / bars.get(i - 1).closeE4();
        returns[i] = Math.round(StrictMath.log(ratio) * 1e9);
      }
    }

    @Nullable Long sma(int i, int n) {
      return i < n - 1 ? null : millionths(mean(i, n));
    }

    private BigDecimal mean(int i, int n) {
      long sum = bars.subList(i - n + 1, i + 1).stream().mapToLong(PriceBar::closeE4).sum();
      return BigDecimal.valueOf(sum, 4).divide(BigDecimal.valueOf(n), 30, RoundingMode.HALF_UP);
    }

    private static long millionths(BigDecimal value) {
      return value.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    @Nullable Long ema(int i, int n) {
      if (i < n - 1) {
        return null;
      }
      double ema = mean(n - 1, n).doubleValue();
      for (int bar = n; bar <= i; bar++) {
        ema += (prices[bar] - ema) * (2.0 / (n + 1));
      }
      return Math.round(ema * 1e6);
    }

    @Nullable Long band(int i, int n, double deviations) {
      if (i < n - 1) {
        return null;
      }
      double mean = mean(i, n).doubleValue();
      double squares = 0;
      for (int bar = i - n + 1; bar <= i; bar++) {
        squares += Math.pow(prices[bar] - mean, 2);
      }
      return Math.round((mean + deviations * Math.sqrt(squares / n)) * 1e6);
    }

    @Nullable Long rsi(int i, int n) {
      if (i < n) {
        return null;
      }
      double gain = 0;
      double loss = 0;
      for (int bar = 1; bar <= n; bar++) {
        gain += Math.max(0, prices[bar] - prices[bar - 1]);
        loss += Math.max(0, prices[bar - 1] - prices[bar]);
      }
      gain /= n;
      loss /= n;
      for (int bar = n + 1; bar <= i; bar++) {
        gain = (gain * (n - 1) + Math.max(0, prices[bar] - prices[bar - 1])) / n;
        loss = (loss * (n - 1) + Math.max(0, prices[bar - 1] - prices[bar])) / n;
      }
      return gain + loss < 1e-14 ? 0 : Math.round(100 * (gain / (gain + loss)) * 1e6);
    }

    @Nullable Long volatility(int i, int n) {
      return i < n
          ? null
          : Math.round(
              Math.sqrt(returns(i - n + 1, i).mapToDouble(r -> Math.pow((double) r, 2)).sum()));
    }

    @Nullable Long score(int i, int n) {
      if (i <= n || returns(i - n, i - 1).distinct().count() == 1) {
        return null;
      }
      double mean = returns(i - n, i - 1).sum() / (double) n;
      double variance =
          returns(i - n, i - 1).mapToDouble(r -> Math.pow((double) r - mean, 2)).sum() / n;
      return Math.round((returns[i] - mean) / Math.sqrt(variance) * 1e6);
    }

    private LongStream returns(int from, int to) {
      return Arrays.stream(returns, from, to + 1);
    }
  }
}
