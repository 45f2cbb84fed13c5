package dhara.pipelines.markets;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Bars of trades: open, high, low, close, volume and volume-weighted average price (VWAP).
 *
 * <pre>
 *   trades ─▶ by symbol ─▶ per minute ─▶ bars with a price ─▶ bars
 * </pre>
 *
 * <p>A trade that is suspicious, or whose sale condition is excluded, counts only for the volume
 * and not for prices; a window with only such trades has no bar. The open is the price of the first
 * trade in event time, the close that of the last; ties are broken by the smaller id. Prices are in
 * ten-thousandths of the currency.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class Candles implements Analysis<Candles.Options> {

  /** What a bar is about. */
  public record Instrument(String symbol) {}

  /**
   * A bar.
   *
   * @param openE4 price of the first trade
   * @param highE4 the highest price
   * @param lowE4 the lowest price
   * @param closeE4 price of the last trade
   * @param volume units of all trades, priced or not
   * @param vwapE4 average price of the priced trades, weighted by size, rounded half even
   * @param trades the number of priced trades
   */
  public record Bar(
      long openE4, long highE4, long lowE4, long closeE4, long volume, long vwapE4, long trades) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description(
        "Sale conditions, separated by commas, whose trades do not count for prices; by default "
            + "none, e.g."
            + " --excludeConditions=20000020,1000000")
    @Nullable List<String> getExcludeConditions();

    void setExcludeConditions(@Nullable List<String> value);
  }

  static final Input<Trade> TRADES = new Input<>("trades", Trade.class);
  static final Output<Instrument, Bar> BARS = new Output<>("bars", Instrument.class, Bar.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("candles", Options.class)
        .summary("open, high, low, close, volume and VWAP per symbol and bar")
        .reads(TRADES)
        .answers(BARS)
        .scenario(Scenario.of(TRADES, Trades::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    List<String> given = options.getExcludeConditions();
    Set<String> excluded = given == null ? Set.of() : Set.copyOf(given);
    Windows windows = Windowing.of(options);

    flow.answers(
        BARS,
        flow.events(TRADES, windows)
            .apply(
                "Bars",
                Answers.in(windows)
                    .perKey(
                        Instrument.class,
                        t -> new Instrument(t.symbol()),
                        sum(trade -> makesPrice(trade, excluded))))
            .apply("Priced", Filter.by(bar -> bar.value().trades() > 0)));
  }

  private static boolean makesPrice(Trade trade, Set<String> excluded) {
    return !trade.suspicious()
        && (trade.condition() == null || !excluded.contains(trade.condition()));
  }

  private static TallyFn<Trade, BarTally, Bar> sum(SerializableFunction<Trade, Boolean> priced) {
    return TallyFn.of(
        BarTally.ZERO, t -> BarTally.of(t, priced.apply(t)), Bar.class, BarTally::bar);
  }

  /** A price with its order: by event time, then by id. */
  private record Price(Instant at, String id, long e4) implements Serializable {

    boolean before(Price other) {
      int order = at.compareTo(other.at);
      return order < 0 || (order == 0 && id.compareTo(other.id) < 0);
    }
  }

  /** Trades, added up. First and last are null until there is a priced trade. */
  private record BarTally(
      @Nullable Price first,
      @Nullable Price last,
      long highE4,
      long lowE4,
      long volume,
      BigDecimal valueE4,
      long pricedVolume,
      long trades)
      implements Tally<BarTally> {

    static final BarTally ZERO =
        new BarTally(null, null, Long.MIN_VALUE, Long.MAX_VALUE, 0, BigDecimal.ZERO, 0, 0);

    static BarTally of(Trade trade, boolean priced) {
      if (!priced) {
        return new BarTally(
            null, null, Long.MIN_VALUE, Long.MAX_VALUE, trade.size(), BigDecimal.ZERO, 0, 0);
      }
      long e4 = trade.priceE4();
      Price price = new Price(trade.at(), trade.id(), e4);
      return new BarTally(
          price,
          price,
          e4,
          e4,
          trade.size(),
          BigDecimal.valueOf(e4 * trade.size()),
          trade.size(),
          1);
    }

    @Override
    public BarTally plus(BarTally other) {
      return new BarTally(
          other.first == null || (first != null && first.before(other.first)) ? first : other.first,
          other.last == null || (last != null && other.last.before(last)) ? last : other.last,
          Math.max(highE4, other.highE4),
          Math.min(lowE4, other.lowE4),
          Math.addExact(volume, other.volume),
          valueE4.add(other.valueE4),
          Math.addExact(pricedVolume, other.pricedVolume),
          trades + other.trades);
    }

    Bar bar() {
      if (first == null || last == null) {
        return new Bar(0, 0, 0, 0, volume, 0, 0);
      }
      long vwapE4 =
          valueE4
              .divide(BigDecimal.valueOf(pricedVolume), 0, RoundingMode.HALF_EVEN)
              .longValueExact();
      return new Bar(first.e4, highE4, lowE4, last.e4, volume, vwapE4, trades);
    }
  }
}
