package dhara.transforms.alert;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was decided about the alerts of a route at a moment.
 *
 * @param at the moment
 * @param route the key of the route
 * @param counts what became of events
 * @param notification what is sent; null for nothing
 */
public record RouteDecision(
    Instant at, String route, RouteCounts counts, @Nullable Notification notification) {

  /**
   * The id of the notification: the same whenever the same alerts are routed by the same rules, so
   * a receiver that remembers ids acts once.
   */
  public String id() {
    if (notification == null) {
      throw new IllegalStateException("nothing was sent at " + at + " on " + route);
    }
    String what = notification.status() == Notification.Status.SUMMARY ? "#summary" : "";
    return "%s/%s:{%s}%s/%s"
        .formatted(notification.receiver(), route, notification.group(), what, at);
  }
}
