package dhara.transforms.anomaly;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Judges the samples of one series, each by those before it.
 *
 * <p>A detector itself has no state: what it remembers of a series is a {@link Memory}, which it
 * alone changes. Samples come in the order of event time, at most one in a millisecond.
 *
 * <p>If {@link #wakeAt} names a moment and no sample comes before it, {@link #silent} is asked
 * about that moment; then {@code wakeAt} is asked again.
 */
public interface Detector extends Serializable {

  /** What it remembers before the first sample. */
  default Memory initial() {
    return new Memory();
  }

  /**
   * Judges a sample, and remembers it.
   *
   * @return null if it cannot say anything, such as before it knows what is normal
   */
  @Nullable Judgement next(Memory memory, Sample sample);

  /**
   * When to ask about silence: later than the last sample, and than the last time; null if never.
   */
  default @Nullable Instant wakeAt(Memory memory) {
    return null;
  }

  /** Judges that no sample has come until the moment of {@link #wakeAt}. */
  default @Nullable Judgement silent(Memory memory, Instant at) {
    throw new IllegalStateException(
        getClass().getName() + " names a time by wakeAt, but has no silent; implement it");
  }

  /** How long after the last sample of a series it has to be remembered at least. */
  default Duration keep() {
    return Duration.ZERO;
  }

  /** How bad its anomalies are. */
  default Severity.Scale scale() {
    return Severity.Scale.DEFAULT;
  }

  /** The same, but after an anomaly only a stronger one is told for this long. */
  default Detector quietFor(Duration duration) {
    return new Quiet(this, duration);
  }
}
