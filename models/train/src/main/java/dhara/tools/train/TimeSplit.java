package dhara.tools.train;

import dhara.options.BadOption;
import java.time.Duration;
import java.time.Instant;

/**
 * How a history is split in time: a model learns from the earlier part and is judged on the later
 * one, as if it had been trained at the moment between them.
 *
 * <pre>
 *   first ── learn ──▶ learnedUntil ── delay ──▶ heldFrom ── judge ──▶ heldUntil ── delay ──▶ end
 * </pre>
 *
 * <p>An event is known to be negative only when the delay of labels has passed. So what lies in the
 * delay before {@code heldFrom}, when the model would have been trained, is not learned from, and
 * labels that were found later are not used for it; and what lies in the delay before the end is
 * not judged on.
 *
 * @param first the time of the first row
 * @param learnedUntil the end of what is learned from (exclusive)
 * @param heldFrom the start of what is judged on; labels that are learned from were found before
 * @param heldUntil the end of what is judged on (exclusive)
 * @param end the end of the history (exclusive); labels that are judged on were found before
 */
record TimeSplit(
    Instant first, Instant learnedUntil, Instant heldFrom, Instant heldUntil, Instant end) {

  /**
   * Splits a history.
   *
   * @param share the part of the time with known labels that is learned from, between 0 and 1
   * @throws BadOption if it is shorter than twice the delay
   */
  static TimeSplit of(Instant first, Instant end, Duration delay, double share) {
    long labelled = Duration.between(first, end).minus(delay.multipliedBy(2)).toMillis();
    if (labelled < 2) {
      throw new BadOption(
          "--labelDelay",
          delay,
          ("leaves nothing of a history from %s until %s: it is left out twice, before the part"
                  + " that is judged on and at the end. Give a longer history, or a shorter delay if"
                  + " labels come sooner")
              .formatted(first, end));
    }
    Instant learnedUntil = first.plusMillis((long) (share * labelled));
    return new TimeSplit(first, learnedUntil, learnedUntil.plus(delay), end.minus(delay), end);
  }

  @Override
  public String toString() {
    return "learned from %s until %s, judged from %s until %s"
        .formatted(first, learnedUntil, heldFrom, heldUntil);
  }
}
