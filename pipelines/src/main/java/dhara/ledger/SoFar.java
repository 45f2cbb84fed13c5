package dhara.ledger;

import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;

/** When a stream tells its counts. */
final class SoFar {

  private SoFar() {}

  /**
   * Sums of everything so far, each of which replaces the one before.
   *
   * @param every how long after a change, wall clock; the sums do not depend on it
   */
  static <T> Window<T> every(Duration every) {
    return Window.<T>configure()
        .triggering(
            Repeatedly.forever(
                AfterProcessingTime.pastFirstElementInPane()
                    .plusDelayOf(org.joda.time.Duration.millis(every.toMillis()))))
        .withAllowedLateness(org.joda.time.Duration.ZERO)
        .accumulatingFiredPanes();
  }
}
