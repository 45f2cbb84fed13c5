package dhara.pipelines.media;

import dhara.pipelines.media.Presence.Change;
import dhara.pipelines.media.Viewership.Audience;
import dhara.transforms.order.Fold;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Counts who is there at the end of each window, and the most of the day so far. A window belongs
 * to the day of its last millisecond. A day's first peak are those who are there when its first
 * window begins.
 *
 * @param windows of one width, not overlapping
 * @param days of a time zone
 * @param timeout of {@link Presence}
 */
record Attendance(Windows windows, Windows days, Duration timeout)
    implements Fold<Change, Attendance.Counted, Attendance.Level> {

  /**
   * Who is there.
   *
   * @param there how many
   * @param peak the most of the day
   * @param peakAt when they were first so many; null if nobody was there
   * @param dayMillis when the day began, epoch milliseconds
   * @param end the end of the window; null if it is told, and nobody is there
   */
  record Counted(
      long there, long peak, @Nullable Instant peakAt, long dayMillis, @Nullable Instant end) {

    /** At the beginning of a window. */
    private Counted in(long newDayMillis, Instant newEnd, Instant start) {
      return newDayMillis == dayMillis
          ? new Counted(there, peak, peakAt, dayMillis, newEnd)
          : new Counted(there, there, there == 0 ? null : start, newDayMillis, newEnd);
    }

    private Counted plus(Change change) {
      long now = there + change.by();
      return now > peak
          ? new Counted(now, now, change.at(), dayMillis, end)
          : new Counted(now, peak, peakAt, dayMillis, end);
    }
  }

  /** The end of a window. */
  record Level(Instant start, Instant end, Audience audience) {}

  @Override
  public Counted initial() {
    return new Counted(0, 0, null, Long.MIN_VALUE, null);
  }

  @Override
  public Counted apply(Counted before, Change change, Consumer<Level> out) {
    return (before.end == null ? windowOf(before, change.at()) : before).plus(change);
  }

  private Counted windowOf(Counted before, Instant at) {
    long start = windows.first(at.toEpochMilli()).start().getMillis();
    return begun(before, Instant.ofEpochMilli(start));
  }

  private Counted begun(Counted before, Instant start) {
    Instant end = start.plus(windows.width());
    return before.in(days.first(end.toEpochMilli() - 1).start().getMillis(), end, start);
  }

  @Override
  public @Nullable Instant wakeAt(Counted counted) {
    return counted.end;
  }

  @Override
  public Counted wake(Counted before, Instant at, Consumer<Level> out) {
    out.accept(
        new Level(
            at.minus(windows.width()), at, new Audience(before.there, before.peak, before.peakAt)));
    return before.there > 0
        ? begun(before, at)
        : new Counted(0, before.peak, before.peakAt, before.dayMillis, null);
  }

  /** A day, and as long as a viewer may be there without being told of. */
  @Override
  public Duration keep() {
    return Viewership.history(windows.width(), timeout);
  }

  /** A level is one of its window. */
  @Override
  public Instant timeOf(Level level, Instant at) {
    return at.minus(earlierBy());
  }

  @Override
  public Duration earlierBy() {
    return Duration.ofMillis(1);
  }
}
