package dhara.transforms;

import java.io.Serializable;
import java.math.BigInteger;
import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Windows of event time, how long their answers may still be revised, and whether an open window
 * already answers.
 *
 * <p>Data: what goes in comes out, assigned to windows. Time: tumbling and sliding windows are
 * aligned to the epoch, in UTC; a session ends {@code gap} after its last event. State: none of its
 * own; the grouping that follows keeps a window until {@code lateness} after its end. Late: an
 * event within {@code lateness} revises the answer; what comes later the grouping drops, unless the
 * source has put it apart already ({@link Lateness}).
 *
 * <pre>{@code
 * events.apply(Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(10)).into())
 * }</pre>
 */
public final class Windows implements Serializable {

  private static final long serialVersionUID = 1L;

  private final WindowFn<Object, ? extends BoundedWindow> fn;
  private final Duration span;
  private final @Nullable Duration every;
  private final Duration lateness;
  private final @Nullable Duration early;

  private Windows(
      WindowFn<Object, ? extends BoundedWindow> fn,
      Duration span,
      @Nullable Duration every,
      Duration lateness,
      @Nullable Duration early) {
    this.fn = fn;
    this.span = span;
    this.every = every;
    this.lateness = lateness;
    this.early = early;
  }

  /** Windows of one width that follow each other. */
  public static Windows tumbling(Duration width) {
    return new Windows(FixedWindows.of(joda("width", width)), width, width, Duration.ZERO, null);
  }

  /** Windows of one width that overlap: one starts every {@code every}. */
  public static Windows sliding(Duration width, Duration every) {
    if (every.compareTo(width) > 0) {
      throw new IllegalArgumentException(
          "windows of " + width + " every " + every + " would leave events out");
    }
    return new Windows(
        SlidingWindows.of(joda("width", width)).every(joda("every", every)),
        width,
        every,
        Duration.ZERO,
        null);
  }

  /**
   * Windows per key that end after a silence. An event that joins sessions which have answered
   * already makes an answer for the whole, and {@link Answers} withdraws those of the parts. Early
   * answers are of the session so far: a longer one takes the place of each.
   */
  public static Windows sessions(Duration gap) {
    return new Windows(Sessions.withGapDuration(joda("gap", gap)), gap, null, Duration.ZERO, null);
  }

  /** How long after a window's end its late events still revise the answer. */
  public Windows withLateness(Duration newLateness) {
    if (newLateness.isNegative()) {
      throw new IllegalArgumentException("lateness is negative: " + newLateness);
    }
    return new Windows(fn, span, every, newLateness, early);
  }

  /**
   * In a stream, answers of open windows this often (wall clock); each is a revision. It changes
   * when an answer appears, never what it settles to.
   */
  public Windows withEarlyAnswersEvery(Duration newEarly) {
    joda("early", newEarly);
    return withEarly(newEarly);
  }

  /**
   * How long an event can matter: from its time to the end of its last window, and the lateness. A
   * copy of an event that comes even later is late for every window of it.
   */
  public Duration horizon() {
    return span.plus(lateness);
  }

  /**
   * How far around a range of time events must be seen to tell which windows the range cuts: a
   * session by its gap; other windows are cut by the clock alone.
   */
  public Duration margin() {
    return every == null ? span : Duration.ZERO;
  }

  /** How long after a window's end its late events still revise the answer. */
  public Duration lateness() {
    return lateness;
  }

  /** How often open windows answer; zero where they do not. */
  Duration early() {
    return early == null ? Duration.ZERO : early;
  }

  /** Whether a window grows with its events: sessions. */
  boolean merging() {
    return every == null;
  }

  /** How wide a window is; of sessions, what one event alone would make. */
  Duration width() {
    return span;
  }

  /** How far the starts of windows are apart; of tumbling windows, their width. */
  Duration every() {
    if (every == null) {
      throw new IllegalStateException("sessions start where an event is");
    }
    return every;
  }

  /**
   * Of the windows that an event belongs to, the one that ends first; of a session, what the event
   * alone would make of it.
   *
   * @param atMillis the event's time, epoch milliseconds
   */
  public IntervalWindow first(long atMillis) {
    long start = atMillis;
    if (every != null) {
      // The first start after at - span: a window holds its start, but not its end.
      long step = every.toMillis();
      start = Math.floorDiv(atMillis - span.toMillis(), step) * step + step;
    }
    return new IntervalWindow(
        Instant.ofEpochMilli(start), org.joda.time.Duration.millis(span.toMillis()));
  }

  /**
   * The longest stretch of time that no window begins or ends within: the events of one can be
   * added up before they go into windows. Of tumbling windows it is the width.
   */
  Duration slice() {
    BigInteger slice =
        BigInteger.valueOf(span.toMillis()).gcd(BigInteger.valueOf(every().toMillis()));
    return Duration.ofMillis(slice.longValueExact());
  }

  /** The slices of these windows, which are awaited as long as the last window of each. */
  Windows slices() {
    Duration slice = slice();
    return tumbling(slice).withLateness(lateness.plus(span).minus(slice)).withEarly(early);
  }

  private Windows withEarly(@Nullable Duration newEarly) {
    return new Windows(fn, span, every, lateness, newEarly);
  }

  /** The step that assigns events to these windows. */
  public <T> Window<T> into() {
    return into(fn);
  }

  /** The same with another function that assigns. */
  <T> Window<T> into(WindowFn<? super T, ?> assigning) {
    AfterWatermark.AfterWatermarkEarlyAndLate end =
        AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1));
    Trigger trigger =
        early == null
            ? end
            : end.withEarlyFirings(
                AfterProcessingTime.pastFirstElementInPane().plusDelayOf(joda("early", early)));
    return Window.<T>into(assigning)
        .triggering(trigger)
        .withTimestampCombiner(TimestampCombiner.END_OF_WINDOW)
        // Else the timer of an early answer that outlives its window answers once more, from
        // nothing.
        .withOnTimeBehavior(OnTimeBehavior.FIRE_IF_NON_EMPTY)
        .withAllowedLateness(org.joda.time.Duration.millis(lateness.toMillis()))
        .accumulatingFiredPanes();
  }

  /** {@code PT3M every PT1M, lateness PT0S, early PT1S}. */
  @Override
  public String toString() {
    return (every == null ? "sessions " + span : span + " every " + every)
        + ", lateness "
        + lateness
        + (early == null ? "" : ", early " + early);
  }

  private static org.joda.time.Duration joda(String what, Duration duration) {
    if (duration.toMillis() <= 0) {
      throw new IllegalArgumentException(
          what + " must be at least a millisecond, but is " + duration);
    }
    return org.joda.time.Duration.millis(duration.toMillis());
  }
}
