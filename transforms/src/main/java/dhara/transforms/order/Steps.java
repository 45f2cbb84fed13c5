package dhara.transforms.order;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rules of a {@link Fold}: its wake-ups come in order with its events, and a key that was
 * silent for too long starts anew. Both shells run the same steps, so they give the same answers.
 *
 * <p>It belongs to one thread.
 */
final class Steps<E extends Event, S, O> {

  /** Takes an output. */
  @FunctionalInterface
  interface Taker<O> {
    void take(O output, Instant at);
  }

  private final Fold<E, S, O> fold;
  private final Duration keep;
  private final Duration earlierBy;

  // One function for all outputs: these are its arguments.
  private final Consumer<O> out = this::give;
  private @Nullable Taker<O> taker;
  private Instant now = Instant.MIN;

  Steps(Fold<E, S, O> fold) {
    this.fold = fold;
    this.keep = fold.keep();
    this.earlierBy = fold.earlierBy();
    if (keep.isNegative() || keep.isZero()) {
      throw new IllegalArgumentException(
          fold + " keeps its state for " + keep + " after an event; it must be longer than zero");
    }
  }

  private void give(O output) {
    Instant at = fold.timeOf(output, now);
    if (at.equals(now)) {
      taker.take(output, at);
      return;
    }
    if (at.isAfter(now) || at.isBefore(now.minus(earlierBy))) {
      throw new IllegalStateException(
          "%s is at %s and gives an output the time %s; that must not be later, nor earlier by more than %s, its earlierBy"
              .formatted(fold, now, at, earlierBy));
    }
    taker.take(output, at);
  }

  /**
   * The progress after the next event of a key.
   *
   * @param before null if nothing is remembered
   * @param woken takes the outputs of wake-ups before the event
   * @param own takes the outputs of the event
   * @return null if nothing has to be remembered
   */
  @Nullable FoldProgress<S> apply(
      @Nullable FoldProgress<S> before, E event, Taker<O> woken, Taker<O> own) {
    Instant at = event.at();
    FoldProgress<S> then = before == null ? null : wakeUntil(before, at, woken);
    S state = then == null || expired(then.last(), at) ? fold.initial() : then.state();
    taker = own;
    now = at;
    return progress(fold.apply(state, event, out), at);
  }

  /**
   * The progress after all wake-ups until a moment, which is included.
   *
   * @return null if nothing has to be remembered
   */
  @Nullable FoldProgress<S> wakeUntil(FoldProgress<S> before, Instant until, Taker<O> woken) {
    FoldProgress<S> then = before;
    while (then != null && then.wake() != null && !then.wake().isAfter(until)) {
      taker = woken;
      now = then.wake();
      then = progress(fold.wake(then.state(), now, out), then.last());
    }
    return then;
  }

  /** Whether a state is not used by events at this moment or later. */
  boolean expired(Instant last, Instant at) {
    return last.plus(keep).isBefore(at);
  }

  /** The progress of a state that was read. */
  FoldProgress<S> read(S state, Instant last) {
    return new FoldProgress<>(state, last, fold.wakeAt(state));
  }

  private @Nullable FoldProgress<S> progress(@Nullable S state, Instant last) {
    if (state == null) {
      return null;
    }
    Instant wake = fold.wakeAt(state);
    if (wake != null && (!wake.isAfter(now) || wake.isAfter(last.plus(keep)))) {
      throw new IllegalStateException(
          "%s is at %s and asks to be woken at %s; that must be later, and at most %s, its keep, after the key's last event at %s"
              .formatted(fold, now, wake, keep, last));
    }
    return new FoldProgress<>(state, last, wake);
  }
}
