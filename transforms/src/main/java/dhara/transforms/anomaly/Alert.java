package dhara.transforms.anomaly;

import java.time.Instant;

/**
 * An alert has begun or ended.
 *
 * @param state which of both
 * @param since when it began
 * @param value with which it did
 * @param limit that this value is beyond
 */
public record Alert(State state, Instant since, double value, double limit) {

  /** What has become of an alert. */
  public enum State {
    /** It has begun. */
    RAISED,
    /** It has ended. */
    CLEARED
  }

  /**
   * The name of the incident. The beginning and the end of an alert are incidents of their own, so
   * that both are told.
   *
   * @param about what the alert is about
   */
  public String incident(String... about) {
    return String.join("/", about) + "/" + since + "/" + state;
  }
}
