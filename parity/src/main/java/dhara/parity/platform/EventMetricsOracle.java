package dhara.parity.platform;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.parity.LatencyColumns;
import dhara.pipelines.platform.EventMetrics;
import dhara.pipelines.platform.ServiceEvent;
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
import java.util.Objects;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Computes metrics by going through the events of each window, and compares each window anew with
 * all before it.
 */
@AutoService(Oracle.class)
public final class EventMetricsOracle implements Oracle {

  private static final Duration KEPT = Duration.ofDays(30);
  private static final BigDecimal FOUR_FIFTHS = new BigDecimal("0.8");

  @Override
  public String analysis() {
    return "event-metrics";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT2M",
            "--every=PT1M",
            "--errorFrom=201",
            "--errorRateAbove=0.03",
            "--latencyAbove=122",
            "--deviations=1.1",
            "--baseline=8",
            "--leastEvents=3"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  /** What the events of a window are about: service and kind, or user and session. */
  private record About(String first, String second) {}

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    EventMetrics.Options options = given.as(EventMetrics.Options.class);
    List<ServiceEvent> events = inputs.of("events", ServiceEvent.class);
    List<ServiceEvent> ofUsers = events.stream().filter(event -> event.user() != null).toList();
    List<String> users = new ArrayList<>();
    Box.fill(new ArrayList<>(ofUsers), EventMetricsOracle::user, options)
        .forEach((box, of) -> users.add(row("user", "session", box, new Stats(of, options))));
    List<String> metrics = new ArrayList<>();
    Map<String, List<Windowed>> services = new TreeMap<>();
    Box.fill(events, event -> new About(event.service(), event.kind()), options)
        .forEach(
            (box, of) -> {
              Stats stats = new Stats(of, options);
              metrics.add(row("service", "kind", box, stats));
              services
                  .computeIfAbsent(box.key().toString(), key -> new ArrayList<>())
                  .add(new Windowed(box, stats));
            });
    List<String> anomalies = new ArrayList<>();
    List<String> alerts = new ArrayList<>();
    for (List<Windowed> windows : services.values()) {
      windows.sort(Comparator.comparing(windowed -> windowed.box.end()));
      new Service(options, anomalies, alerts).follow(windows);
    }
    return Map.of("metrics", metrics, "users", users, "anomalies", anomalies, "alerts", alerts);
  }

  private static About user(ServiceEvent event) {
    return new About(event.user(), Objects.requireNonNullElse(event.session(), "unknown"));
  }

  private static String row(String first, String second, Box<About> box, Stats stats) {
    return "{\"%s\":%s,\"%s\":%s,%s,%s}"
        .formatted(
            first,
            text(box.key().first),
            second,
            text(box.key().second),
            box.window(),
            stats.columns());
  }

  private static String text(String unquoted) {
    return TextNode.valueOf(unquoted).toString();
  }

  private record Windowed(Box<About> box, Stats stats) {}

  /** The events of a window. */
  private static final class Stats {

    private final int events;
    private final long errors;
    private final List<Long> millis;
    private final List<Double> values;

    Stats(List<ServiceEvent> of, EventMetrics.Options options) {
      events = of.size();
      errors = of.stream().filter(event -> fails(event.status(), options)).count();
      millis =
          of.stream().map(ServiceEvent::latencyMillis).filter(Objects::nonNull).sorted().toList();
      values = of.stream().map(ServiceEvent::value).filter(Objects::nonNull).toList();
    }

    /** Scenarios and real data have HTTP statuses only. */
    private static boolean fails(@Nullable String status, EventMetrics.Options options) {
      return status != null
          && status.matches("\\d{1,9}")
          && Integer.parseInt(status) >= options.getErrorFrom();
    }

    double errorRate() {
      return (double) errors / events;
    }

    /** NaN without latencies. */
    double mean() {
      return millis.isEmpty()
          ? Double.NaN
          : (double) millis.stream().mapToLong(Long::longValue).sum() / millis.size();
    }

    private double sum() {
      return values.stream()
          .map(BigDecimal::new)
          .reduce(BigDecimal.ZERO, BigDecimal::add)
          .doubleValue();
    }

    String columns() {
      return """
      "events":%d,"errors":%d,"error_rate":%s,%s,"value_sum":%s,"value_average":%s\
      """
          .formatted(
              events,
              errors,
              errorRate(),
              LatencyColumns.of(millis),
              sum(),
              values.isEmpty() ? null : sum() / values.size());
    }
  }

  /** The windows of a service, in order. */
  private static final class Service {

    private final EventMetrics.Options options;
    private final List<String> anomalies;
    private final List<String> alerts;
    private final List<Double> errorRates = new ArrayList<>();
    private final List<Double> latencies = new ArrayList<>();
    private final List<Double> events = new ArrayList<>();
    private @Nullable Instant failing;
    private @Nullable Instant slow;

    Service(EventMetrics.Options options, List<String> anomalies, List<String> alerts) {
      this.options = options;
      this.anomalies = anomalies;
      this.alerts = alerts;
    }

    void follow(List<Windowed> windows) {
      Instant before = Instant.MAX;
      for (Windowed windowed : windows) {
        if (before.isBefore(windowed.box.end().minus(KEPT))) {
          List.of(errorRates, latencies, events).forEach(List::clear);
          failing = null;
          slow = null;
        }
        before = windowed.box.end();
        next(windowed);
      }
    }

    private void next(Windowed windowed) {
      Stats stats = windowed.stats;
      if (stats.events >= options.getLeastEvents()) {
        above(windowed, "error_rate_above", stats.errorRate(), options.getErrorRateAbove());
        above(windowed, "latency_above", stats.mean(), options.getLatencyAbove());
        failing =
            alert(windowed, "error_rate", failing, stats.errorRate(), options.getErrorRateAbove());
        slow = alert(windowed, "latency", slow, stats.mean(), options.getLatencyAbove());
      }
      far(windowed, "error_rate_z_score", stats.errorRate(), errorRates);
      far(windowed, "latency_z_score", stats.mean(), latencies);
      far(windowed, "events_z_score", stats.events, events);
    }

    private void above(Windowed windowed, String detector, double value, double limit) {
      if (value > limit) {
        anomaly(windowed, detector, 1 + (value - limit) / limit, value - limit, value, limit);
      }
    }

    /** The weights of the windows before: of the last one w, of that before it w (1 - w) ... */
    private void far(Windowed windowed, String detector, double value, List<Double> before) {
      if (Double.isNaN(value)) {
        return;
      }
      int baseline = options.getBaseline();
      double mean = 0;
      double variance = 0;
      double left = 1;
      double[] weights = new double[before.size()];
      for (int i = before.size() - 1; i >= 0; i--) {
        double weight = Math.max(2.0 / (baseline + 1), 1.0 / (i + 1));
        weights[i] = left * weight;
        mean += weights[i] * before.get(i);
        left *= 1 - weight;
      }
      for (int i = 0; i < weights.length; i++) {
        variance += weights[i] * (before.get(i) - mean) * (before.get(i) - mean);
      }
      boolean known = before.size() >= Math.min(30, baseline);
      double score = (value - mean) / Math.sqrt(variance);
      before.add(value);
      if (known
          && variance > 0
          && Math.sqrt(variance) >= Math.abs(mean) / 1e6
          && Math.abs(score) > options.getDeviations()) {
        anomaly(windowed, detector, Math.abs(score) / options.getDeviations(), score, value, mean);
      }
    }

    /** Since when there is an alert; null if there is none. */
    private @Nullable Instant alert(
        Windowed windowed, String measured, @Nullable Instant since, double value, double limit) {
      double clear = new BigDecimal(Double.toString(limit)).multiply(FOUR_FIFTHS).doubleValue();
      boolean now = Double.isNaN(value) ? since != null : value > limit;
      if (since != null && !Double.isNaN(value)) {
        now = value >= clear;
      }
      if (now == (since != null)) {
        return since;
      }
      Box<About> box = windowed.box;
      Instant began = now ? box.end().minusMillis(1) : since;
      String state = now ? "RAISED" : "CLEARED";
      alerts.add(
          """
          {"incident":%s,"service":%s,"kind":%s,"measured":"%s",%s,\
          "state":"%s","since":"%s","value":%s,"limit":%s}\
          """
              .formatted(
                  text(
                      String.join(
                          "/",
                          box.key().first,
                          box.key().second,
                          measured,
                          String.valueOf(began),
                          state)),
                  text(box.key().first),
                  text(box.key().second),
                  measured,
                  moment(box),
                  state,
                  Box.text(began),
                  value,
                  now ? limit : clear));
      return now ? began : null;
    }

    private void anomaly(
        Windowed windowed,
        String detector,
        double strength,
        double score,
        double value,
        double expected) {
      Box<About> box = windowed.box;
      anomalies.add(
          """
          {"service":%s,"kind":%s,"detector":"%s",%s,"severity":"%s","score":%s,"value":%s,\
          "expected":%s}\
          """
              .formatted(
                  text(box.key().first),
                  text(box.key().second),
                  detector,
                  moment(box),
                  strength < 1.25
                      ? "LOW"
                      : strength < 1.5 ? "MEDIUM" : strength < 2 ? "HIGH" : "CRITICAL",
                  six(score),
                  value,
                  six(expected)));
    }

    /** The last millisecond of the window. */
    private static String moment(Box<About> box) {
      Instant last = box.end().minusMillis(1);
      return new Box<>(box.key(), last, box.end()).window();
    }

    private static double six(double number) {
      return new BigDecimal(number).round(new MathContext(6)).doubleValue();
    }
  }
}
