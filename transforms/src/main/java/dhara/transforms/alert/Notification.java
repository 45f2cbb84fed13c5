package dhara.transforms.alert;

import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a receiver is told.
 *
 * @param receiver who is told
 * @param route the route by whose rules
 * @param group the labels of the group of alerts; empty in a summary
 * @param status what it is about
 * @param repeat whether nothing has changed since the notification before
 * @param firing how many alerts of the group are firing, without those that are kept quiet
 * @param resolved how many have ended since they were last told of
 * @param held in a summary, how many notifications it stands for
 * @param alerts the first of these alerts, those that are firing first
 * @param more how many there are beyond
 */
public record Notification(
    String receiver,
    String route,
    String group,
    Status status,
    boolean repeat,
    long firing,
    long resolved,
    @Nullable Long held,
    List<Told> alerts,
    long more) {

  /** A notification lists at most this many alerts. */
  static final int LISTED = 10;

  /** What a notification is about. */
  public enum Status {
    /** Alerts are firing. */
    FIRING,
    /** All alerts of the group have ended. */
    RESOLVED,
    /** The route was at its limit; this stands for the notifications that it held back. */
    SUMMARY
  }

  /**
   * An alert in a notification.
   *
   * @param labels as in {@link AlertEvent}
   * @param firing false if it has ended
   * @param since when it began
   * @param value that of its last event
   * @param text that of its last event
   */
  public record Told(
      String source,
      String type,
      @Nullable String severity,
      @Nullable String labels,
      boolean firing,
      Instant since,
      @Nullable Double value,
      @Nullable String text) {}
}
