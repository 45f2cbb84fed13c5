package dhara.pipelines.platform;

import com.google.auto.service.AutoService;
import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.Share;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.anomaly.Alert;
import dhara.transforms.anomaly.Anomaly;
import dhara.transforms.anomaly.DecayedBaseline;
import dhara.transforms.anomaly.DetectAnomalies;
import dhara.transforms.anomaly.Hysteresis;
import dhara.transforms.anomaly.RaiseAlerts;
import dhara.transforms.anomaly.Threshold;
import dhara.transforms.anomaly.ZScore;
import dhara.transforms.effect.Settled;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * How services do: load, errors and latency, per kind of event and per user; what is unusual about
 * them, and alerts.
 *
 * <pre>
 *            ┌─▶ by user and session ─▶ per minute ─▶ users
 *   events ──┤
 *            └─▶ by service and kind ─▶ per minute ─┬─▶ metrics
 *                                                   └─▶ settled, in the order of windows ─┬─▶ anomalies
 *                                                                                         └─▶ alerts
 * </pre>
 *
 * <p>A window is compared with those before it once it has settled, so anomalies and alerts are
 * about the whole window. They are about its last millisecond. The detectors, by the names of their
 * anomalies: {@code error_rate_above} and {@code latency_above}, beyond a limit; {@code
 * error_rate_z_score}, {@code latency_z_score} and {@code events_z_score}, far from an
 * exponentially decaying mean. A window without events is no window, and is not compared.
 *
 * <p>An alert begins when a service is above a limit, and ends when it is below by a fifth; a
 * window with few events does neither.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class EventMetrics implements Analysis<EventMetrics.Options> {

  /** What metrics are about. */
  public record ServiceKind(String service, String kind) {}

  /** What users' metrics are about; a session that is not known is {@code unknown}. */
  public record UserSession(String user, String session) {}

  /** What an anomaly is about. */
  public record ServiceAnomaly(String service, String kind, String detector) {}

  /**
   * What an alert is about.
   *
   * @param measured what is beyond its limit: {@code error_rate} or {@code latency}
   */
  public record ServiceAlert(String service, String kind, String measured) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("A status that is a number is an error from this one on, e.g. --errorFrom=500")
    @Default.Integer(500)
    @AtLeast(1)
    int getErrorFrom();

    void setErrorFrom(int value);

    @Description(
        "An error rate above this is an anomaly and an alert, e.g. --errorRateAbove=0.05 for 5 %")
    @Default.Double(0.05)
    @Share
    double getErrorRateAbove();

    void setErrorRateAbove(double value);

    @Description(
        "An average latency above so many milliseconds is an anomaly and an alert, e.g."
            + " --latencyAbove=1000")
    @Default.Double(1_000)
    @AboveZero
    double getLatencyAbove();

    void setLatencyAbove(double value);

    @Description(
        "A window more than this many standard deviations from the mean of those before is an"
            + " anomaly, e.g. --deviations=3")
    @Default.Double(3)
    @AboveZero
    double getDeviations();

    void setDeviations(double value);

    @Description(
        "Over about how many windows the decaying mean and deviation are, e.g. --baseline=60")
    @Default.Integer(60)
    @AtLeast(2)
    int getBaseline();

    void setBaseline(int value);

    @Description("A window with fewer events is not compared with limits, e.g. --leastEvents=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getLeastEvents();

    void setLeastEvents(int value);
  }

  /** An alert ends this much below its limit. */
  private static final double BAND = 0.2;

  /** A service without a window for longer than this starts anew. */
  private static final Duration KEPT = Duration.ofDays(30);

  static final Input<ServiceEvent> EVENTS = new Input<>("events", ServiceEvent.class);
  static final Output<ServiceKind, EventStats> METRICS =
      new Output<>("metrics", ServiceKind.class, EventStats.class);
  static final Output<UserSession, EventStats> USERS =
      new Output<>("users", UserSession.class, EventStats.class);
  static final Output<ServiceAnomaly, Anomaly> ANOMALIES =
      new Output<>("anomalies", ServiceAnomaly.class, Anomaly.class).withAllHistory();
  static final Output<ServiceAlert, Alert> ALERTS =
      Output.effect("alerts", ServiceAlert.class, Alert.class)
          .incident(EventMetrics::incident, Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("event-metrics", Options.class)
        .summary(
            "load, errors and latency per service, kind, user and minute; anomalies and alerts")
        .reads(EVENTS)
        .answers(METRICS, USERS, ANOMALIES, ALERTS)
        .scenario(MadeUpServiceEvents::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Errors errors = new Errors(options.getErrorFrom());
    Windows windows = Windowing.of(options).withAllHistory();
    PCollection<ServiceEvent> events = flow.events(EVENTS, windows);
    TallyFn<ServiceEvent, EventSums, EventStats> sums =
        TallyFn.of(
            EventSums.class,
            event -> EventSums.of(event, errors.is(event.status())),
            EventStats.class,
            EventSums::stats);

    flow.answers(
        USERS,
        events
            .apply("OfUsers", Filter.by(event -> event.user() != null))
            .apply(
                "Users", Answers.in(windows).perKey(UserSession.class, EventMetrics::user, sums)));

    PCollection<Answer<ServiceKind, EventStats>> metrics =
        events.apply(
            "Metrics",
            Answers.in(windows)
                .perKey(
                    ServiceKind.class,
                    event -> new ServiceKind(event.service(), event.kind()),
                    sums));
    flow.answers(METRICS, metrics);

    PCollection<ServiceWindow> settled =
        metrics
            .apply("Settled", Settled.answers())
            .apply(
                "Window",
                MapElements.into(TypeDescriptor.of(ServiceWindow.class)).via(ServiceWindow::of));

    flow.answers(
        ANOMALIES,
        settled.apply(
            "Anomalies",
            detectors(options)
                .withLateness(windows.lateness())
                .answers(
                    ServiceAnomaly.class,
                    (of, detector) -> new ServiceAnomaly(of.service(), of.kind(), detector))));

    flow.answers(
        ALERTS,
        settled.apply(
            "Alerts",
            alerts(options)
                .withLateness(windows.lateness())
                .answers(
                    ServiceAlert.class,
                    (of, measured) -> new ServiceAlert(of.service(), of.kind(), measured))));
  }

  private static String incident(ServiceAlert of, Alert alert) {
    return alert.incident(of.service(), of.kind(), of.measured());
  }

  private static UserSession user(ServiceEvent event) {
    String session = event.session();
    return new UserSession(event.user(), session == null ? "unknown" : session);
  }

  private static DetectAnomalies<ServiceWindow, ServiceKind> detectors(Options options) {
    double deviations = options.getDeviations();
    ZScore score = ZScore.beyond(deviations, DecayedBaseline.over(options.getBaseline()));
    long least = options.getLeastEvents();
    return DetectAnomalies.perKey(
            ServiceKind.class, ServiceWindow::about, (ServiceWindow of) -> of.stats().events())
        .by(
            "error_rate_above",
            of -> of.errorRate(least),
            Threshold.above(options.getErrorRateAbove()))
        .by("latency_above", of -> of.latency(least), Threshold.above(options.getLatencyAbove()))
        .by("error_rate_z_score", of -> of.errorRate(1), score)
        .by("latency_z_score", of -> of.latency(1), score)
        .by("events_z_score", score)
        .keptFor(KEPT);
  }

  private static RaiseAlerts<ServiceWindow, ServiceKind> alerts(Options options) {
    long least = options.getLeastEvents();
    return RaiseAlerts.perKey(ServiceKind.class, ServiceWindow::about)
        .of(
            "error_rate",
            of -> of.errorRate(least),
            Hysteresis.above(options.getErrorRateAbove(), BAND))
        .of("latency", of -> of.latency(least), Hysteresis.above(options.getLatencyAbove(), BAND))
        .keptFor(KEPT);
  }
}
