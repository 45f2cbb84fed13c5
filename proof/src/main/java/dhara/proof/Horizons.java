package dhara.proof;

import dhara.pipelines.Analysis;
import dhara.testkit.Shapes;
import java.time.Duration;
import java.util.List;

/** How late events of a replay are for a stream, and which later ones close its windows. */
final class Horizons {

  /** How far the watermark is behind the newest event of a stream, and more. */
  private static final Duration DISORDER = Duration.ofSeconds(40);

  /** At the least, so that the events that close the windows are in windows of their own. */
  private static final Duration CLOSING = Duration.ofDays(2);

  private Horizons() {}

  /**
   * The option that holds events back until they are late.
   *
   * @param options of the stream; they say its lateness
   */
  static String lateBy(Analysis<?> analysis, List<String> options) {
    return "--lateBy=" + Shapes.patience(analysis, options).plus(DISORDER);
  }

  /**
   * How much later than the newest event those are that close all windows.
   *
   * @param options of the stream
   */
  static Duration closing(Analysis<?> analysis, List<String> options) {
    Duration twice = Shapes.horizon(analysis, options).multipliedBy(2);
    return twice.compareTo(CLOSING) > 0 ? twice : CLOSING;
  }
}
