package dhara.tools.plan;

import dhara.tools.calibrate.Calibration;
import dhara.tools.calibrate.StoredOutput;
import java.time.Duration;

/**
 * How much state a stream keeps. An estimate, from the encoded sizes of what a backfill of the
 * sample grouped.
 *
 * <pre>
 *   ids     = rate · horizon · 24 bytes, if each event is counted once
 *   answers = Σ over outputs: open answers at the rate · grouped bytes an answer
 * </pre>
 *
 * <p>{@link StoredOutput#openAt} says how many answers are open. An answer is kept for its window
 * and the rest of the horizon, the time for which an event can still come.
 *
 * @param idBytes for recognising copies of events
 * @param answerBytes for sums, and for events that wait for others
 * @param openAnswers how many answers are open
 */
record StateEstimate(double idBytes, double answerBytes, double openAnswers) {

  /** What a stream keeps of an id: its hash and time; see {@code Unique}. */
  static final int ID_BYTES = 24;

  /**
   * The estimate.
   *
   * @param unique whether each event is counted once
   * @param lateness how long after the end of its window an answer is kept
   */
  static StateEstimate of(
      Calibration measured, double rate, Duration horizon, Duration lateness, boolean unique) {
    double open = 0;
    for (StoredOutput output : measured.outputs()) {
      Duration window = output.window().plus(lateness);
      Duration held = window.compareTo(horizon) > 0 ? window : horizon;
      open += output.openAt(rate, measured.events(), measured.span(), held);
    }
    return new StateEstimate(ids(rate, horizon, unique), open * measured.groupedBytes(), open);
  }

  /** What is known without a sample: the ids. */
  static StateEstimate ofIds(double rate, Duration horizon, boolean unique) {
    return new StateEstimate(ids(rate, horizon, unique), 0, 0);
  }

  private static double ids(double rate, Duration horizon, boolean unique) {
    return unique ? rate * horizon.toMillis() / 1e3 * ID_BYTES : 0;
  }

  /** All of it; what a full checkpoint writes. */
  double bytes() {
    return idBytes + answerBytes;
  }

  /** What an incremental checkpoint writes: what has come since the last one. */
  double newBytes(Duration interval, Duration horizon) {
    double share =
        horizon.isZero() ? 1 : Math.min(1, (double) interval.toMillis() / horizon.toMillis());
    return bytes() * share;
  }
}
