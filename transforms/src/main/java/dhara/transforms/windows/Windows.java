package dhara.transforms.windows;

import dhara.transforms.aggregate.Answers;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Windows of event time, how long their answers may still be revised, and whether an open window
 * already answers.
 *
 * <p>Data: elements → the same elements, assigned to windows. Time: tumbling and sliding windows
 * are aligned to the epoch, in UTC; days, weeks and months to the calendar of a time zone; a
 * session ends {@code gap} after its last event. State: none of its own; the grouping that follows
 * keeps a window until {@code lateness} after its end. Late: an event within {@code lateness}
 * revises the answer; the grouping drops later ones, unless the source has already separated them
 * ({@link Lateness}).
 *
 * <pre>{@code
 * events.apply(Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(10)).into())
 * }</pre>
 *
 * <p>A <em>running answer</em> is the early answer of a wide window, such as the total since the
 * start of the day, revised every ten seconds. In a backfill it is the window's answer, once.
 *
 * <pre>{@code
 * Windows.calendar(CalendarUnit.DAY, ZoneId.of("Asia/Kolkata"))
 *     .withEarlyAnswersEvery(Duration.ofSeconds(10))
 * }</pre>
 */
public final class Windows implements Serializable {

  private static final long serialVersionUID = 2L;

  /** All time. */
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final WindowShape shape;
  private final Duration lateness;
  private final @Nullable Duration early;
  private final Duration history;
  private final Duration margin;

  private Windows(
      WindowShape shape,
      Duration lateness,
      @Nullable Duration early,
      Duration history,
      Duration margin) {
    this.shape = shape;
    this.lateness = lateness;
    this.early = early;
    this.history = history;
    this.margin = margin;
  }

  private static Windows of(WindowShape shape) {
    return new Windows(shape, Duration.ZERO, null, shape.margin(), shape.margin());
  }

  /** Consecutive windows of a fixed width. */
  public static Windows tumbling(Duration width) {
    return of(new SlidingShape(width, width));
  }

  /** Overlapping windows of a fixed width: one starts every {@code every}. */
  public static Windows sliding(Duration width, Duration every) {
    return of(new SlidingShape(width, every));
  }

  /**
   * Session windows: a key's window ends after a pause. If an event joins sessions that were
   * answered already, the joined session is answered, and {@link Answers} withdraws the answers of
   * its parts. An early answer covers the session so far, and is replaced when the session grows.
   */
  public static Windows sessions(Duration gap) {
    return of(new SessionShape(gap));
  }

  /**
   * Consecutive days, weeks or months of a time zone's calendar: when the clock is put forward or
   * back, a day has 23 or 25 hours.
   */
  public static Windows calendar(CalendarUnit unit, ZoneId zone) {
    return of(new CalendarShape(unit, zone));
  }

  /**
   * One window that holds every event, so its answers are totals over all time. In answers it
   * starts at 1970-01-01T00:00:00Z and ends at 9999-12-31T00:00:00Z; earlier events count too.
   *
   * <p>A stream must answer {@linkplain #withEarlyAnswersEvery early}, because the end never comes;
   * a key's sum is kept forever. An event is late if the watermark has passed its time by more than
   * the lateness when it arrives, unless other windows use it too: then these decide.
   */
  public static Windows ever() {
    return of(new EverShape());
  }

  /** How long after a window's end its late events still revise the answer. */
  public Windows withLateness(Duration newLateness) {
    if (newLateness.isNegative()) {
      throw new IllegalArgumentException("lateness is negative: " + newLateness);
    }
    return new Windows(shape, newLateness, early, history, margin);
  }

  /**
   * In a stream, emits answers of open windows this often (wall clock); each is a revision. This
   * changes when an answer appears, never what it settles to.
   */
  public Windows withEarlyAnswersEvery(Duration newEarly) {
    return new Windows(
        shape, lateness, WindowShape.atLeastAMilli("early", newEarly), history, margin);
  }

  /**
   * Their answers depend also on events up to this much before and after them, because they were
   * joined with them: a backfill of a range reads that much more.
   */
  public Windows withMargin(Duration newMargin) {
    return new Windows(shape, lateness, early, longer(history, newMargin), newMargin);
  }

  /**
   * Their answers depend also on events up to this much before them, because something remembers
   * them: a backfill of a range reads that much more.
   */
  public Windows withHistory(Duration newHistory) {
    return new Windows(shape, lateness, early, longer(newHistory, margin), margin);
  }

  /** Their answers can depend on all earlier events, so a backfill of a range reads all of them. */
  public Windows withAllHistory() {
    return withHistory(FOREVER);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * How long an event can matter: from its time to the end of its last window, plus the lateness. A
   * copy of an event that comes even later is late for all its windows.
   *
   * <p>If the source separates late events, {@link Lateness#horizon} is enough, and often much
   * shorter, because an event is late once the first of its windows has closed. A window that never
   * ends accepts later events too, unless the source separates them.
   */
  public Duration horizon() {
    return shape.untilLast().plus(lateness);
  }

  /**
   * How far beyond the end of a range of time events must be read for the answers in the range to
   * be right. For sessions it is at least the gap, which shows what the range cuts; other windows
   * do not depend on events.
   */
  public Duration margin() {
    return margin;
  }

  /**
   * How far before a range of time events must be read for the answers in the range to be right; at
   * least the margin.
   */
  public Duration history() {
    return history;
  }

  /** How long after a window's end its late events still revise the answer. */
  public Duration lateness() {
    return lateness;
  }

  /** How often open windows answer; zero if they do not. */
  public Duration early() {
    return early == null ? Duration.ZERO : early;
  }

  /** Whether a window grows with its events: sessions. */
  public boolean merging() {
    return shape instanceof SessionShape;
  }

  /** Whether a window never ends. */
  public boolean endless() {
    return shape instanceof EverShape;
  }

  /** Whether a window is a day, a week or a month of a zone. */
  public boolean calendar() {
    return shape instanceof CalendarShape;
  }

  /** The pause that ends a session. */
  public Duration gap() {
    if (shape instanceof SessionShape sessions) {
      return sessions.gap();
    }
    throw new IllegalStateException(this + " do not end by a silence");
  }

  /** How wide a window is. */
  public Duration width() {
    return regular().width();
  }

  /** The distance between the starts of windows; for tumbling windows, their width. */
  public Duration every() {
    return regular().every();
  }

  private SlidingShape regular() {
    if (shape instanceof SlidingShape sliding) {
      return sliding;
    }
    throw new IllegalStateException(this + " are not all of one width");
  }

  /**
   * The window of an event that ends first; for sessions, the window that the event alone would
   * have.
   *
   * @param atMillis the event's time, epoch milliseconds
   */
  public IntervalWindow first(long atMillis) {
    return shape.first(atMillis);
  }

  /** The watermark at which an event is late if there is no lateness, epoch milliseconds. */
  long ends(long atMillis) {
    return shape.ends(atMillis);
  }

  /** How long after its time an event can come before one of its windows is closed. */
  public Duration patience() {
    return shape.untilFirst().plus(lateness);
  }

  /** How many slices a window has. */
  public long slicesInWindow() {
    return shape instanceof SlidingShape ? width().toMillis() / slice().toMillis() : 1;
  }

  /** The slices in which events are added up before they go into windows. */
  public Slicing slicing() {
    return shape instanceof Slicing slicing ? slicing : new Slicing.Fixed(slice().toMillis());
  }

  /** The length of a slice of overlapping windows: no window begins or ends within one. */
  public Duration slice() {
    return regular().slice();
  }

  /**
   * The slices of these windows as windows, kept open as long as the last window of each. Of the
   * time that an early answer may wait, slices use three quarters, and windows of slices the rest.
   */
  public Windows slices() {
    Duration slice = slice();
    Windows slices =
        of(new SlidingShape(slice, slice)).withLateness(lateness.plus(width()).minus(slice));
    return early == null
        ? slices
        : slices.withEarlyAnswersEvery(atLeastAMilli(early.minus(earlyOfWindows())));
  }

  /** How long windows wait for changes of more slices before they answer early. */
  public Duration earlyOfWindows() {
    return atLeastAMilli(early().dividedBy(4));
  }

  private static Duration atLeastAMilli(Duration duration) {
    return duration.toMillis() > 0 ? duration : Duration.ofMillis(1);
  }

  /** The step that assigns events to these windows. */
  public <T> Window<T> into() {
    return into(shape.fn());
  }

  /** The same with another function that assigns. */
  public <T> Window<T> into(WindowFn<? super T, ?> assigning) {
    AfterWatermark.AfterWatermarkEarlyAndLate end =
        AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1));
    Trigger trigger =
        early == null
            ? end
            : end.withEarlyFirings(
                AfterProcessingTime.pastFirstElementInPane()
                    .plusDelayOf(org.joda.time.Duration.millis(early.toMillis())));
    return Window.<T>into(assigning)
        .triggering(trigger)
        .withTimestampCombiner(TimestampCombiner.END_OF_WINDOW)
        // Otherwise the timer of an early answer could outlive its window and emit an empty answer.
        .withOnTimeBehavior(OnTimeBehavior.FIRE_IF_NON_EMPTY)
        .withAllowedLateness(org.joda.time.Duration.millis(lateness.toMillis()))
        .accumulatingFiredPanes();
  }

  /** Streams that began without history and margin are restored with those of the shape. */
  private Object readResolve() {
    return history == null
        ? new Windows(shape, lateness, early, shape.margin(), shape.margin())
        : this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Windows windows
        && shape.equals(windows.shape)
        && lateness.equals(windows.lateness)
        && history.equals(windows.history)
        && margin.equals(windows.margin)
        && Objects.equals(early, windows.early);
  }

  @Override
  public int hashCode() {
    return Objects.hash(shape, lateness, early, history, margin);
  }

  /** {@code PT3M every PT1M, lateness PT0S, early PT1S}. */
  @Override
  public String toString() {
    return shape + ", lateness " + lateness + (early == null ? "" : ", early " + early);
  }
}
