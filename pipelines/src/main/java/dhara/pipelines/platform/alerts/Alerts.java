package dhara.pipelines.platform.alerts;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.alert.AlertEvent;
import dhara.transforms.alert.Notification;
import dhara.transforms.alert.RouteAlerts;
import dhara.transforms.alert.RouteCounts;
import dhara.transforms.alert.RouteDecision;
import dhara.transforms.alert.Routes;
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
 * Who is notified of alerts, and when: grouped, inhibited, silenced, limited and repeated by the
 * rules of a routing file, as Alertmanager does it, but in event time.
 *
 * <pre>
 *                                          ┌─▶ per route and hour ─▶ routed
 *   alerts ─▶ in the order of time, routed ┤
 *                                          └─▶ what is told ─┬─▶ notifications
 *                                                            └─▶ once for each ─▶ deliveries
 * </pre>
 *
 * <p>Because notifications follow from the alerts and the file alone, a backfill over a month of
 * alerts says what would have been sent under another file. {@code notifications} informs, so a
 * backfill writes it; {@code deliveries} has the same rows and acts, so a backfill holds it back.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class Alerts implements Analysis<Alerts.Options> {

  /**
   * What a notification is known by.
   *
   * @param notification receiver, route, group and time
   */
  public record NotificationId(String notification) {}

  /** What counts are about. */
  public record RoutedBy(String route) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description(
        "The file of routes, in the form of Alertmanager's; without, alerts are grouped by type,"
            + " and critical ones are told at once, e.g. --routes=routes/example.yaml")
    String getRoutes();

    void setRoutes(String value);

    @Description("More alerts than this at once end the run with an error, e.g. --mostAlerts=10000")
    @Default.Long(RouteAlerts.MOST_ALERTS)
    @AtLeast(1)
    long getMostAlerts();

    void setMostAlerts(long value);
  }

  /** The default width of the windows of {@code routed}. */
  private static final Duration HOUR = Duration.ofHours(1);

  static final Input<AlertEvent> ALERTS = new Input<>("alerts", AlertEvent.class);
  static final Output<NotificationId, Notification> NOTIFICATIONS =
      new Output<>("notifications", NotificationId.class, Notification.class).withAllHistory();
  static final Output<RoutedBy, RouteCounts> ROUTED =
      new Output<>("routed", RoutedBy.class, RouteCounts.class).withAllHistory();
  static final Output<NotificationId, Notification> DELIVERIES =
      Output.effect("deliveries", NotificationId.class, Notification.class)
          .incident((id, notification) -> id.notification(), Duration.ZERO)
          .onSettled()
          .withAllHistory();

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("alerts", Options.class)
        .summary("who is notified of alerts, and when: grouped, inhibited, silenced, repeated")
        .reads(ALERTS)
        .answers(NOTIFICATIONS, ROUTED, DELIVERIES)
        .scenario(MadeUpAlerts::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options, HOUR).withAllHistory();
    Routes routes =
        options.getRoutes() == null ? Routes.standard() : RoutesFile.read(options.getRoutes());
    RouteAlerts route =
        RouteAlerts.by(routes)
            .withMostAlerts(options.getMostAlerts())
            .withLateness(windows.lateness());

    PCollection<RouteDecision> decisions =
        flow.events(ALERTS, route.windows(), windows).apply("Alerts", route);

    PCollection<Answer<NotificationId, Notification>> notifications =
        decisions
            .apply("Sent", Filter.by(decision -> decision.notification() != null))
            .apply(
                "Notifications",
                MapElements.into(new TypeDescriptor<Answer<NotificationId, Notification>>() {})
                    .via(Alerts::notification))
            .setCoder(
                AnswerCoder.of(
                    RecordCoder.of(NotificationId.class), RecordCoder.of(Notification.class)));
    flow.answers(NOTIFICATIONS, notifications);
    flow.answers(DELIVERIES, notifications);

    flow.answers(
        ROUTED,
        decisions.apply(
            "Routed",
            Answers.in(windows)
                .perKey(
                    RoutedBy.class,
                    decision -> new RoutedBy(decision.route()),
                    TallyFn.of(RouteCounts.class, RouteDecision::counts))));
  }

  private static Answer<NotificationId, Notification> notification(RouteDecision decision) {
    return Answer.at(new NotificationId(decision.id()), decision.at(), decision.notification());
  }
}
