package dhara.tools.calibrate;

import java.time.Duration;

/**
 * How many sums a stream keeps for the answers of an output, as the sample shows it.
 *
 * <p>With m events in a window, a window has about {@code c · m^growth} answers: 0 if each window
 * has the same keys however many events come, 1 if each event brings an answer of its own. Growth
 * is measured by leaving out events: {@code growth = ln(rows / thinned rows) / ln(events / thinned
 * events)}, at least 0 and at most 1.
 *
 * @param output its name
 * @param rows answers to the whole sample
 * @param keys their distinct keys
 * @param window the length of a window
 * @param growth from 0 to 1
 */
public record StoredOutput(String output, long rows, long keys, Duration window, double growth) {

  /** A longer window, or one that never ends, is looked at after a year. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * Compares the answers to the whole sample with those to its thinned events.
   *
   * @param events of the whole sample
   * @param thinnedEvents of the thinned one
   */
  static StoredOutput of(OutputRows whole, OutputRows thinned, long events, long thinnedEvents) {
    double growth =
        whole.rows() == 0 || thinned.rows() == 0 || events <= thinnedEvents || thinnedEvents == 0
            ? 1
            : Math.log((double) whole.rows() / thinned.rows())
                / Math.log((double) events / thinnedEvents);
    return new StoredOutput(
        whole.output(),
        whole.rows(),
        whole.keys(),
        whole.window(),
        Math.min(1, Math.max(0, growth)));
  }

  /**
   * How many answers are open at once in a stream: {@code (held / window) · rows / windows · (rate
   * · window / m)^growth}, where the sample has {@code windows = max(1, span / window)} with {@code
   * m = events / windows} in each.
   *
   * @param events of the sample
   * @param span from the first to the last of them
   * @param rate events a second
   * @param held how long an answer is kept after its window has begun; at least the window counts
   */
  public double openAt(double rate, long events, Duration span, Duration held) {
    boolean forEver = window.compareTo(LONGEST) > 0;
    double width = Math.max(1, (forEver ? LONGEST : window).toMillis()) / 1e3;
    double windows = Math.max(1, span.toMillis() / 1e3 / width);
    double inWindow = events / windows;
    double open = forEver ? 1 : Math.max(1, held.toMillis() / 1e3 / width);
    return open * rows / windows * Math.pow(rate * width / inWindow, growth);
  }
}
