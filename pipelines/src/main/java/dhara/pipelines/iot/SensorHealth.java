package dhara.pipelines.iot;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.anomaly.Anomaly;
import dhara.transforms.anomaly.DecayedBaseline;
import dhara.transforms.anomaly.DetectAnomalies;
import dhara.transforms.anomaly.FlatLine;
import dhara.transforms.anomaly.Missing;
import dhara.transforms.anomaly.Severity;
import dhara.transforms.anomaly.Threshold;
import dhara.transforms.anomaly.ZScore;
import dhara.transforms.order.pattern.AfterMatchSkip;
import dhara.transforms.order.pattern.Match;
import dhara.transforms.order.pattern.Pattern;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.Min;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.values.PCollection;

/**
 * What sensors measure, and when they measure something unusual or nothing at all.
 *
 * <pre>
 *              ┌─▶ by sensor ─▶ per 5 min ─▶ health
 *   readings ──┤
 *              └─▶ by sensor, in the order of time ─▶ detectors ─▶ anomalies
 * </pre>
 *
 * <p>The detectors, by the names of their anomalies: {@code above}, a value above a limit; {@code
 * z_score}, a value far from an exponentially decaying mean; {@code flat_line}, a value that stays
 * the same; {@code missing}, silence; {@code rise_and_drop}, three readings, each above the one
 * before, and a drop after them. {@link DetectAnomalies} has the order, the state and the
 * severities.
 *
 * <p>Anomalies inform and are not an effect: a backfill is where limits are tried on past data.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class SensorHealth implements Analysis<SensorHealth.Options> {

  /** What health is about. */
  public record Sensor(String sensor) {}

  /** What an anomaly is about. */
  public record SensorAnomaly(String sensor, String detector) {}

  /**
   * What a sensor measured in a window.
   *
   * @param average the exact sum as a double, by the number of readings
   */
  public record Health(long readings, double average, double least, double greatest) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("A reading above this is an anomaly, e.g. --above=100")
    @Default.Double(100)
    double getAbove();

    void setAbove(double value);

    @Description(
        "A reading more than this many standard deviations from the mean is an anomaly, e.g."
            + " --deviations=3")
    @Default.Double(3)
    double getDeviations();

    void setDeviations(double value);

    @Description(
        "Over about how many readings the decaying mean and deviation are, e.g. --baseline=100")
    @Default.Integer(100)
    @AtLeast(2)
    int getBaseline();

    void setBaseline(int value);

    @Description("A sensor with one value for longer than this is stuck, e.g. --flatAfter=PT30M")
    @Default.InstanceFactory(Durations.ThirtyMinutes.class)
    @AboveZero
    Duration getFlatAfter();

    void setFlatAfter(Duration value);

    @Description(
        "A sensor without a reading for longer than this is missing, e.g. --missingAfter=PT10M")
    @Default.InstanceFactory(Durations.TenMinutes.class)
    @AboveZero
    Duration getMissingAfter();

    void setMissingAfter(Duration value);

    @Description(
        "A sensor without a reading for longer than this starts anew, e.g. --rememberFor=P7D")
    @Default.InstanceFactory(Durations.SevenDays.class)
    Duration getRememberFor();

    void setRememberFor(Duration value);
  }

  /** The default width of windows. */
  private static final Duration WINDOW = Duration.ofMinutes(5);

  /** Three rises and a drop within this are one pattern. */
  private static final Duration RISE_AND_DROP = Duration.ofHours(1);

  static final Input<SensorReading> READINGS = new Input<>("readings", SensorReading.class);
  static final Output<Sensor, Health> HEALTH = new Output<>("health", Sensor.class, Health.class);
  static final Output<SensorAnomaly, Anomaly> ANOMALIES =
      new Output<>("anomalies", SensorAnomaly.class, Anomaly.class).withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("sensor-health", Options.class)
        .summary("average, least and greatest reading per sensor and 5 min; anomalies and silence")
        .reads(READINGS)
        .answers(HEALTH, ANOMALIES)
        .scenario(MadeUpReadings::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options, WINDOW);
    DetectAnomalies<SensorReading, Sensor> detect = detectors(options);
    PCollection<SensorReading> readings = flow.events(READINGS, windows, detect.windows());

    flow.answers(
        HEALTH,
        readings.apply(
            "Health",
            Answers.in(windows)
                .perKey(
                    Sensor.class,
                    reading -> new Sensor(reading.sensor()),
                    TallyFn.of(Sums.class, Sums::of, Health.class, Sums::health))));

    flow.answers(
        ANOMALIES,
        readings.apply(
            "Anomalies",
            detect.answers(
                SensorAnomaly.class,
                (sensor, detector) -> new SensorAnomaly(sensor.sensor(), detector))));
  }

  /** Readings, added up. */
  private record Sums(ExactSum values, @Min double least, @Max double greatest) {

    static Sums of(SensorReading reading) {
      return new Sums(ExactSum.of(reading.value()), reading.value(), reading.value());
    }

    Health health() {
      return new Health(values.count(), values.average(), least, greatest);
    }
  }

  private static DetectAnomalies<SensorReading, Sensor> detectors(Options options) {
    Duration flat = options.getFlatAfter();
    Duration missing = options.getMissingAfter();
    Missing silence = Missing.longerThan(missing);
    Duration keep = options.getRememberFor();
    if (keep.compareTo(silence.keep()) < 0) {
      throw new BadOption(
          "--rememberFor",
          keep,
          "a sensor is looked at until twice --missingAfter=%s has passed, e.g. --rememberFor=P7D"
              .formatted(missing));
    }
    double deviations = options.getDeviations();
    if (!(deviations > 0 && deviations < 1_000)) {
      throw new BadOption(
          "--deviations", deviations, "must be above zero and below 1000, e.g. --deviations=3");
    }
    double above = options.getAbove();
    if (!Double.isFinite(above)) {
      throw new BadOption("--above", above, "must be a number, e.g. --above=100");
    }
    return DetectAnomalies.perKey(
            Sensor.class,
            (SensorReading reading) -> new Sensor(reading.sensor()),
            SensorReading::value)
        .by("above", Threshold.above(above, above == 0 ? 1 : Math.abs(above)))
        .by("z_score", ZScore.beyond(deviations, DecayedBaseline.over(options.getBaseline())))
        .by("flat_line", FlatLine.longerThan(flat))
        .by("missing", silence)
        .by("rise_and_drop", Severity.LOW, riseAndDrop())
        .keptFor(keep)
        .withLateness(Windowing.lateness(options));
  }

  /**
   * Each reading is of one match at most, and later than the one before by a millisecond at least.
   */
  private static Pattern<SensorReading> riseAndDrop() {
    return Pattern.<SensorReading>begin("first", AfterMatchSkip.skipPastLastEvent())
        .where(reading -> true)
        .next("second")
        .where((reading, before) -> rises(before, "first", reading))
        .next("third")
        .where((reading, before) -> rises(before, "second", reading))
        .next("drop")
        .where(
            (reading, before) ->
                isLater(before, "third", reading)
                    && reading.value() < last(before, "third").value())
        .within(RISE_AND_DROP);
  }

  private static boolean rises(Match<SensorReading> before, String step, SensorReading reading) {
    return isLater(before, step, reading) && reading.value() > last(before, step).value();
  }

  private static boolean isLater(Match<SensorReading> before, String step, SensorReading reading) {
    return reading.at().toEpochMilli() > last(before, step).at().toEpochMilli();
  }

  private static SensorReading last(Match<SensorReading> before, String step) {
    return before.last(step).orElseThrow();
  }
}
