package dhara.transforms.windows;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;

/**
 * Days, weeks or months of a time zone. One starts at the first moment of its first day there, and
 * ends where the next starts, so that every moment is in exactly one. A day on which the clock is
 * put forward has 23 hours, one on which it is put back 25; if midnight itself is skipped, the day
 * starts at its first existing moment.
 *
 * @param unit the length of each
 * @param zone the time zone
 */
record CalendarShape(CalendarUnit unit, ZoneId zone) implements WindowShape, Slicing {

  CalendarShape {
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(zone, "zone");
  }

  @Override
  public long start(long atMillis) {
    return start(firstDay(atMillis));
  }

  @Override
  public long end(long startMillis) {
    return start(unit.next(firstDay(startMillis)));
  }

  private LocalDate firstDay(long atMillis) {
    LocalDate first = unit.first(LocalDate.ofInstant(Instant.ofEpochMilli(atMillis), zone));
    // If the clock is put back over midnight, the evening before repeats after the new day has
    // begun: the calendar goes back, but windows must not.
    LocalDate next = unit.next(first);
    return atMillis >= start(next) ? next : first;
  }

  private long start(LocalDate first) {
    return first.atStartOfDay(zone).toInstant().toEpochMilli();
  }

  @Override
  public WindowFn<Object, ? extends BoundedWindow> fn() {
    return new ShapeWindowFn(this);
  }

  @Override
  public IntervalWindow first(long atMillis) {
    LocalDate first = firstDay(atMillis);
    return new IntervalWindow(
        org.joda.time.Instant.ofEpochMilli(start(first)),
        org.joda.time.Instant.ofEpochMilli(start(unit.next(first))));
  }

  @Override
  public Duration untilFirst() {
    return untilLast();
  }

  @Override
  public Duration untilLast() {
    return Duration.ofDays(unit.mostDays()).plus(mostPutBack());
  }

  /** The most by which the zone's clock is ever put back at once. */
  private Duration mostPutBack() {
    ZoneRules rules = zone.getRules();
    return Stream.concat(
            rules.getTransitions().stream()
                .map(change -> putBack(change.getOffsetBefore(), change.getOffsetAfter())),
            rules.getTransitionRules().stream()
                .map(yearly -> putBack(yearly.getOffsetBefore(), yearly.getOffsetAfter())))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Duration putBack(ZoneOffset before, ZoneOffset after) {
    return Duration.ofSeconds(Math.max(0, before.getTotalSeconds() - after.getTotalSeconds()));
  }

  @Override
  public String toString() {
    return unit.name().toLowerCase(Locale.ROOT) + "s of " + zone;
  }
}
