package dhara.pipelines.markets;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.LatenessOptions;
import dhara.options.ProvisionalOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.markets.Candles.Instrument;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.InOrder;
import dhara.transforms.revision.DeriveAnswers;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Technical indicators of each instrument after each bar, as TA-Lib defines them.
 *
 * <pre>
 *   bars ─▶ by symbol, in the order of time ─┬─▶ indicators
 *                                            └─▶ score beyond 3 σ ─▶ spikes
 * </pre>
 *
 * <p>{@link PriceSeries} has the formulas. A bar is answered when it comes, and again if an earlier
 * bar comes after it within the lateness. An indicator is null until there are enough bars for it.
 *
 * <p>Spikes inform and are not an effect: a backfill is where a rule is tried on past data, and
 * would hold an effect back.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class Indicators implements Analysis<Indicators.Options> {

  /**
   * The indicators after a bar. Prices and RSI are in millionths, log returns and volatility in
   * billionths.
   *
   * @param closeE4 the close of the bar, in ten-thousandths
   * @param smaShortE6 simple average of the last closes
   * @param smaLongE6 the same over the long period, which is also the middle of the bands
   * @param emaShortE6 exponential average
   * @param emaLongE6 the same with the long period
   * @param bandUpperE6 upper Bollinger band
   * @param bandLowerE6 lower Bollinger band
   * @param rsiE6 relative strength index, from 0 to 100,000,000
   * @param returnE9 log return since the bar before
   * @param volatilityE9 realised volatility over the long period
   * @param scoreE6 the return, in standard deviations from the mean of the returns before it
   */
  public record Values(
      long closeE4,
      @Nullable Long smaShortE6,
      @Nullable Long smaLongE6,
      @Nullable Long emaShortE6,
      @Nullable Long emaLongE6,
      @Nullable Long bandUpperE6,
      @Nullable Long bandLowerE6,
      @Nullable Long rsiE6,
      @Nullable Long returnE9,
      @Nullable Long volatilityE9,
      @Nullable Long scoreE6) {}

  /** A bar whose return lies far from those before it. */
  public record Spike(long closeE4, long returnE9, long scoreE6) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, ProvisionalOptions {

    @Description("Bars of the short averages, e.g. --shortPeriod=5")
    @Default.Integer(5)
    @AtLeast(2)
    int getShortPeriod();

    void setShortPeriod(int value);

    @Description(
        "Bars of the long averages, the bands, volatility and spikes, e.g. --longPeriod=20")
    @Default.Integer(20)
    @AtLeast(2)
    int getLongPeriod();

    void setLongPeriod(int value);

    @Description("Bars of the relative strength index, e.g. --rsiPeriod=14")
    @Default.Integer(14)
    @AtLeast(2)
    int getRsiPeriod();

    void setRsiPeriod(int value);

    @Description(
        "How many standard deviations the Bollinger bands are from the average, e.g."
            + " --bandDeviations=2")
    @Default.Double(2)
    double getBandDeviations();

    void setBandDeviations(double value);

    @Description(
        "A return beyond this many standard deviations is a spike, e.g. --spikeDeviations=3")
    @Default.Double(3)
    double getSpikeDeviations();

    void setSpikeDeviations(double value);

    @Description(
        "The series of a symbol without a bar for longer than this starts anew, e.g."
            + " --restartAfter=P30D")
    @Default.InstanceFactory(Durations.ThirtyDays.class)
    Duration getRestartAfter();

    void setRestartAfter(Duration value);
  }

  /** The longest period: the sum of so many closes, in millionths, fits a long. */
  private static final int MOST_BARS = 1_000;

  static final Input<PriceBar> BARS = new Input<>("bars", PriceBar.class);
  static final Output<Instrument, Values> INDICATORS =
      new Output<>("indicators", Instrument.class, Values.class).withAllHistory();
  static final Output<Instrument, Spike> SPIKES =
      new Output<>("spikes", Instrument.class, Spike.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("indicators", Options.class)
        .summary("SMA, EMA, Bollinger bands, RSI and volatility after each bar; spikes beyond 3 σ")
        .reads(BARS)
        .answers(INDICATORS, SPIKES)
        .scenario(PriceBars::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    long spikeE6 = Math.round(aboveZero("--spikeDeviations", options.getSpikeDeviations()) * 1e6);
    InOrder<PriceBar, Instrument, PriceSeries.Series, PriceSeries.Point> series =
        InOrder.perKey(Instrument.class, (PriceBar bar) -> new Instrument(bar.symbol()))
            .fold(series(options), PriceSeries.Series.class, PriceSeries.Point.class)
            .withLateness(Windowing.lateness(options));

    PCollection<Answer<Instrument, Values>> indicators =
        flow.events(BARS, series.windows())
            .apply(
                "Indicators",
                series
                    .answers(
                        Instrument.class,
                        Values.class,
                        (symbol, point) -> Answer.at(symbol, point.at(), point.values()))
                    .provisionally(options.getProvisional()));

    flow.answers(INDICATORS, indicators);

    flow.answers(
        SPIKES,
        indicators.apply(
            "Spikes", DeriveAnswers.of(Spike.class, (Values values) -> spike(values, spikeE6))));
  }

  private static PriceSeries series(Options options) {
    if (options.getRestartAfter().toMillis() <= 0) {
      throw new BadOption(
          "--restartAfter",
          options.getRestartAfter(),
          "it must be longer than zero, e.g. --restartAfter=P30D");
    }
    return new PriceSeries(
        period("--shortPeriod", options.getShortPeriod()),
        period("--longPeriod", options.getLongPeriod()),
        period("--rsiPeriod", options.getRsiPeriod()),
        aboveZero("--bandDeviations", options.getBandDeviations()),
        options.getRestartAfter());
  }

  private static int period(String option, int bars) {
    if (bars > MOST_BARS) {
      throw new BadOption(
          option, bars, "so many closes are kept for each symbol; at most " + MOST_BARS);
    }
    return bars;
  }

  private static double aboveZero(String option, double value) {
    if (!(value > 0 && value < 1_000)) {
      throw new BadOption(
          option, value, "it must be above zero and below 1000, e.g. " + option + "=2.5");
    }
    return value;
  }

  private static @Nullable Spike spike(Values values, long spikeE6) {
    Long score = values.scoreE6();
    return score == null || Math.abs(score) <= spikeE6
        ? null
        : new Spike(values.closeE4(), values.returnE9(), score);
  }
}
