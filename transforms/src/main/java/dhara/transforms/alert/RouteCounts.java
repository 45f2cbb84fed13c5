package dhara.transforms.alert;

/**
 * What became of alerts on a route. Each event of an alert is counted once on each route that the
 * alert takes, when it is decided what becomes of it: alerts = notified + grouped + unchanged +
 * inhibited + silenced + capped.
 *
 * @param alerts events of alerts
 * @param notified those that made a notification
 * @param grouped those that were told in the same notification as another one
 * @param unchanged those that left nothing to tell: the alert was as it had been told, or had begun
 *     and ended before anybody was told
 * @param inhibited those of alerts that were kept quiet by another alert
 * @param silenced those of alerts that were silenced
 * @param capped those whose notification was held back by the limit
 * @param notifications what was sent, with repeats and summaries
 * @param repeats of these, the ones that told nothing new
 */
public record RouteCounts(
    long alerts,
    long notified,
    long grouped,
    long unchanged,
    long inhibited,
    long silenced,
    long capped,
    long notifications,
    long repeats) {

  /** An event that left nothing to tell. */
  static RouteCounts oneUnchanged() {
    return new RouteCounts(1, 0, 0, 1, 0, 0, 0, 0, 0);
  }

  /** A summary. */
  static RouteCounts oneSummary() {
    return new RouteCounts(0, 0, 0, 0, 0, 0, 0, 1, 0);
  }

  boolean isNothing() {
    return alerts == 0 && notifications == 0;
  }
}
