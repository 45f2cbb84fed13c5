package dhara.parity.iot;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.iot.SensorHealth;
import dhara.pipelines.iot.SensorReading;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Computes the health of sensors by adding up the readings of each window, and compares each
 * reading anew with all before it.
 */
@AutoService(Oracle.class)
public final class SensorHealthOracle implements Oracle {

  private static final int WARM_UP = 30;

  /** A share so small that adding it changes no double that is compared here. */
  private static final double NOTHING = 1e-20;

  @Override
  public String analysis() {
    return "sensor-health";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT10M",
            "--every=PT5M",
            "--above=90.5",
            "--deviations=1.5",
            "--baseline=40",
            "--flatAfter=PT20M",
            "--missingAfter=PT5M",
            "--rememberFor=PT10M1S"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    SensorHealth.Options options = given.as(SensorHealth.Options.class);
    List<SensorReading> readings = inputs.of("readings", SensorReading.class);
    List<String> health = new ArrayList<>();
    Box.fill(readings, SensorReading::sensor, options, Duration.ofMinutes(5))
        .forEach((box, of) -> health.add(health(box, of)));
    Map<String, List<SensorReading>> bySensor = new TreeMap<>();
    readings.stream()
        .sorted(Comparator.comparing(SensorReading::at).thenComparing(SensorReading::id))
        .forEach(of -> bySensor.computeIfAbsent(of.sensor(), s -> new ArrayList<>()).add(of));
    List<String> anomalies = new ArrayList<>();
    bySensor.forEach(
        (sensor, of) -> {
          new Series(sensor, options, anomalies).follow(of);
          risesAndDrops(sensor, of, anomalies);
        });
    return Map.of("health", health, "anomalies", anomalies);
  }

  private static String health(Box<String> box, List<SensorReading> readings) {
    BigDecimal sum =
        readings.stream()
            .map(reading -> new BigDecimal(reading.value()))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    double average = sum.doubleValue() / readings.size();
    return """
        {"sensor":"%s",%s,"readings":%d,"average":%s,"least":%s,"greatest":%s}"""
        .formatted(
            box.key(),
            box.window(),
            readings.size(),
            average,
            readings.stream().mapToDouble(SensorReading::value).min().orElseThrow(),
            readings.stream().mapToDouble(SensorReading::value).max().orElseThrow());
  }

  /** Of all readings; matches do not overlap and take at most an hour. */
  private static void risesAndDrops(
      String sensor, List<SensorReading> readings, List<String> anomalies) {
    for (int i = 0; i + 3 < readings.size(); i++) {
      SensorReading a = readings.get(i);
      SensorReading b = readings.get(i + 1);
      SensorReading c = readings.get(i + 2);
      SensorReading d = readings.get(i + 3);
      if (a.value() < b.value()
          && b.value() < c.value()
          && c.value() > d.value()
          && millis(a) < millis(b)
          && millis(b) < millis(c)
          && millis(c) < millis(d)
          && d.at().isBefore(a.at().plus(Duration.ofHours(1)))) {
        anomalies.add(anomaly(sensor, "rise_and_drop", millis(d), "LOW", 4, d.value(), null));
        i += 3;
      }
    }
  }

  private static long millis(SensorReading reading) {
    return reading.at().toEpochMilli();
  }

  private static String anomaly(
      String sensor,
      String detector,
      long millis,
      String severity,
      double score,
      double value,
      @Nullable Double expected) {
    Instant at = Instant.ofEpochMilli(millis);
    return """
        {"sensor":"%s","detector":"%s",%s,"severity":"%s","score":%s,"value":%s,"expected":%s}"""
        .formatted(
            sensor,
            detector,
            new Box<>(sensor, at, at.plusMillis(1)).window(),
            severity,
            six(score),
            value,
            expected == null ? "null" : six(expected));
  }

  private static double six(double number) {
    return new BigDecimal(number).round(new MathContext(6)).doubleValue();
  }

  private static String severity(double strength) {
    return strength < 1.25 ? "LOW" : strength < 1.5 ? "MEDIUM" : strength < 2 ? "HIGH" : "CRITICAL";
  }

  /** One sensor, since it was last forgotten. */
  private static final class Series {

    private final String sensor;
    private final SensorHealth.Options options;
    private final List<String> anomalies;
    private final List<SensorReading> known = new ArrayList<>();

    Series(String sensor, SensorHealth.Options options, List<String> anomalies) {
      this.sensor = sensor;
      this.options = options;
      this.anomalies = anomalies;
    }

    void follow(List<SensorReading> readings) {
      for (int i = 0; i < readings.size(); i++) {
        SensorReading reading = readings.get(i);
        if (!known.isEmpty() && millis(last()) == millis(reading)) {
          continue;
        }
        if (!known.isEmpty()) {
          silence(millis(reading));
          Instant before = readings.get(i - 1).at();
          if (before.plus(options.getRememberFor()).isBefore(reading.at())) {
            known.clear();
          }
        }
        above(reading);
        far(reading);
        known.add(reading);
        stuck();
      }
      silence(Long.MAX_VALUE);
    }

    private SensorReading last() {
      return known.get(known.size() - 1);
    }

    private void above(SensorReading reading) {
      double beyond = reading.value() - options.getAbove();
      if (beyond > 0) {
        double limit = Math.abs(options.getAbove());
        add(reading, "above", (limit + beyond) / limit, beyond, options.getAbove());
      }
    }

    /** The weights of the readings before: of the last one w, of that before it w (1 - w) ... */
    private void far(SensorReading reading) {
      if (known.size() < WARM_UP) {
        return;
      }
      double[] weights = new double[known.size()];
      double left = 1;
      double newest = 2.0 / (options.getBaseline() + 1);
      int first = known.size();
      while (first > 0 && left > NOTHING) {
        first--;
        double weight = Math.max(newest, 1.0 / (first + 1));
        weights[first] = left * weight;
        left *= 1 - weight;
      }
      double mean = 0;
      for (int i = first; i < known.size(); i++) {
        mean += weights[i] * known.get(i).value();
      }
      double variance = 0;
      for (int i = first; i < known.size(); i++) {
        double distance = known.get(i).value() - mean;
        variance += weights[i] * distance * distance;
      }
      double score = (reading.value() - mean) / Math.sqrt(variance);
      boolean varies = variance > 0 && Math.sqrt(variance) >= Math.abs(mean) / 1e6;
      if (varies && Math.abs(score) > options.getDeviations()) {
        add(reading, "z_score", Math.abs(score) / options.getDeviations(), score, mean);
      }
    }

    /** Told when the run first reaches a severity. */
    private void stuck() {
      int first = known.size() - 1;
      while (first > 0 && known.get(first - 1).value() == last().value()) {
        first--;
      }
      String now = stuck(first, known.size() - 1);
      if (now != null && !now.equals(stuck(first, known.size() - 2))) {
        long lasted = millis(last()) - millis(known.get(first));
        add(last(), "flat_line", strength(lasted, options.getFlatAfter()), lasted / 1000.0, null);
      }
    }

    private @Nullable String stuck(int first, int until) {
      long lasted = until < first ? 0 : millis(known.get(until)) - millis(known.get(first));
      double strength = strength(lasted, options.getFlatAfter());
      return strength > 1 ? severity(strength) : null;
    }

    private static double strength(long lasted, Duration limit) {
      return (double) lasted / limit.toMillis();
    }

    /** Told a millisecond, two, three and four after each severity begins. */
    private void silence(long until) {
      double[] begins = {1, 1.25, 1.5, 2};
      for (int i = 0; i < begins.length; i++) {
        double limit = options.getMissingAfter().toMillis();
        long lasted = (long) Math.ceil(limit * begins[i]) + i + 1;
        if (millis(last()) + lasted <= until) {
          anomalies.add(
              anomaly(
                  sensor,
                  "missing",
                  millis(last()) + lasted,
                  severity(lasted / limit),
                  lasted / 1000.0,
                  last().value(),
                  null));
        }
      }
    }

    private void add(
        SensorReading reading,
        String detector,
        double strength,
        double score,
        @Nullable Double expected) {
      anomalies.add(
          anomaly(
              sensor,
              detector,
              millis(reading),
              severity(strength),
              score,
              reading.value(),
              expected));
    }
  }
}
