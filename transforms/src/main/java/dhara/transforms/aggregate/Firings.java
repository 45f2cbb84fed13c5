package dhara.transforms.aggregate;

import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.TimestampTransform;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;

/**
 * When windows answer: at their end, at each late event within the lateness, and, on request,
 * early.
 *
 * @param earlyMillis how long after a change an open window answers at the latest, wall clock; 0
 *     for never
 * @param latenessMillis how long after its end a window still answers
 */
record Firings(long earlyMillis, long latenessMillis) implements Serializable {

  /** The firings of these windows. */
  static Firings of(Windows windows) {
    return new Firings(windows.early().toMillis(), windows.lateness().toMillis());
  }

  /**
   * The firings of a windowing strategy; empty if it is not supported: windows that merge (or did
   * before), windows without a start, panes by count, discarding panes.
   */
  static Optional<Firings> of(WindowingStrategy<?, ?> strategy) {
    if (!(strategy.getWindowFn() instanceof NonMergingWindowFn)
        || !(strategy.getWindowFn().windowCoder() instanceof IntervalWindow.IntervalWindowCoder)) {
      return Optional.empty();
    }
    return of(strategy.getTrigger(), strategy.getAllowedLateness().getMillis())
        .filter(firings -> firings.wholeAnswers(strategy));
  }

  /**
   * The sessions of a windowing strategy, if it has the same firings, and answers have the time of
   * the window's end.
   */
  static Optional<Windows> sessions(WindowingStrategy<?, ?> strategy) {
    return strategy.getWindowFn() instanceof Sessions sessions
            && strategy.needsMerge()
            && strategy.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW
        ? of(strategy.getTrigger(), strategy.getAllowedLateness().getMillis())
            .filter(firings -> firings.wholeAnswers(strategy))
            .map(firings -> firings.in(sessions))
        : Optional.empty();
  }

  private Windows in(Sessions sessions) {
    Windows windows =
        Windows.sessions(Duration.ofMillis(sessions.getGapDuration().getMillis()))
            .withLateness(Duration.ofMillis(latenessMillis));
    return earlyMillis == 0
        ? windows
        : windows.withEarlyAnswersEvery(Duration.ofMillis(earlyMillis));
  }

  /** Whether each answer is complete, because there is only one, or because panes accumulate. */
  private boolean wholeAnswers(WindowingStrategy<?, ?> strategy) {
    return (latenessMillis == 0 && earlyMillis == 0)
        || strategy.getMode() == AccumulationMode.ACCUMULATING_FIRED_PANES;
  }

  private static Optional<Firings> of(Trigger trigger, long lateness) {
    if (trigger instanceof DefaultTrigger
        || (trigger instanceof AfterWatermark.FromEndOfWindow && lateness == 0)) {
      return Optional.of(new Firings(0, lateness));
    }
    if (!(trigger instanceof AfterWatermark.AfterWatermarkEarlyAndLate end)) {
      return Optional.empty();
    }
    Trigger late = end.getLateTrigger();
    if (late == null ? lateness > 0 : !late.equals(AfterPane.elementCountAtLeast(1))) {
      return Optional.empty();
    }
    Trigger early = end.getEarlyTrigger();
    return early instanceof Never.NeverTrigger
        ? Optional.of(new Firings(0, lateness))
        : delay(early).map(millis -> new Firings(millis, lateness));
  }

  private static Optional<Long> delay(Trigger early) {
    if (early instanceof AfterProcessingTime after) {
      List<TimestampTransform> delays = after.getTimestampTransforms();
      if (delays.size() == 1 && delays.get(0) instanceof TimestampTransform.Delay delay) {
        return Optional.of(delay.getDelay().getMillis()).filter(millis -> millis > 0);
      }
    }
    return Optional.empty();
  }

  /**
   * How long the first early answer of a shard waits; the others follow at intervals of {@link
   * #earlyMillis}. If all shards answered at once, their answers would wait for each other. The
   * offsets are multiples of the golden ratio, so consecutive shards are far apart, and any number
   * of shards is spread evenly.
   */
  long firstEarlyMillis(int shard) {
    long ofTheWhole = (shard * 0x9E3779B9L) & 0xFFFFFFFFL;
    return earlyMillis - ((ofTheWhole * earlyMillis) >>> 32);
  }
}
