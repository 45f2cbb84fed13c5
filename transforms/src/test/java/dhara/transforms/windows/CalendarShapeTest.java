package dhara.transforms.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarShapeTest {

  @ParameterizedTest(name = "{2} is in the {0} of {1} from {3} until {4}")
  @CsvSource({
    // a day that is 23 hours long, and its neighbours
    "DAY, Europe/Berlin, 2026-03-28T22:59:59.999Z, 2026-03-27T23:00:00Z, 2026-03-28T23:00:00Z",
    "DAY, Europe/Berlin, 2026-03-28T23:00:00Z,     2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "DAY, Europe/Berlin, 2026-03-29T21:59:59.999Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "DAY, Europe/Berlin, 2026-03-29T22:00:00Z,     2026-03-29T22:00:00Z, 2026-03-30T22:00:00Z",
    // a day that is 25 hours long
    "DAY, Europe/Berlin, 2026-10-24T22:00:00Z,     2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    "DAY, Europe/Berlin, 2026-10-25T22:59:59.999Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    // half an hour from the hour
    "DAY, Asia/Kolkata, 2026-01-31T18:29:59.999Z, 2026-01-30T18:30:00Z, 2026-01-31T18:30:00Z",
    "MONTH, Asia/Kolkata, 2026-01-31T18:29:59.999Z, 2025-12-31T18:30:00Z, 2026-01-31T18:30:00Z",
    "MONTH, Asia/Kolkata, 2026-01-31T18:30:00Z, 2026-01-31T18:30:00Z, 2026-02-28T18:30:00Z",
    "MONTH, Asia/Kolkata, 2028-02-29T12:00:00Z, 2028-01-31T18:30:00Z, 2028-02-29T18:30:00Z",
    // a month and a week that are an hour short
    "MONTH, Europe/Berlin, 2026-03-15T12:00:00Z, 2026-02-28T23:00:00Z, 2026-03-31T22:00:00Z",
    "WEEK, Europe/Berlin, 2026-03-29T21:59:59.999Z, 2026-03-22T23:00:00Z, 2026-03-29T22:00:00Z",
    "WEEK, UTC, 2026-01-01T00:00:00Z, 2025-12-29T00:00:00Z, 2026-01-05T00:00:00Z",
    // midnight is skipped: the day starts at one
    "DAY, America/Sao_Paulo, 2017-10-15T03:00:00Z, 2017-10-15T03:00:00Z, 2017-10-16T02:00:00Z",
    // the whole of 30 December is skipped
    "DAY, Pacific/Apia, 2011-12-30T09:59:59Z, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
    "DAY, Pacific/Apia, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, 2011-12-31T10:00:00Z",
    // before 1970
    "DAY, UTC, 1969-12-31T23:59:59.999Z, 1969-12-31T00:00:00Z, 1970-01-01T00:00:00Z",
  })
  void aMomentIsInTheWindowThatTheCalendarOfTheZoneSays(
      CalendarUnit unit, String zone, Instant at, Instant start, Instant end) {
    IntervalWindow window = new CalendarShape(unit, ZoneId.of(zone)).first(at.toEpochMilli());

    assertThat(Instant.ofEpochMilli(window.start().getMillis()), is(start));
    assertThat(Instant.ofEpochMilli(window.end().getMillis()), is(end));
  }

  /**
   * The slow oracle: a local clock advances minute by minute, and a new day begins when it shows a
   * new date. In St. John's the clock was put back at a minute past midnight, so that it showed the
   * old date again.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "Asia/Beirut",
        "America/Havana",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia"
      })
  void aDayBeginsWhenTheClockFirstShowsItsDate(String id) {
    ZoneId zone = ZoneId.of(id);
    CalendarShape days = new CalendarShape(CalendarUnit.DAY, zone);
    int changes = 0;
    for (ZoneOffsetTransition change : zone.getRules().getTransitions()) {
      if (change.getInstant().isBefore(Instant.parse("1985-01-01T00:00:00Z"))) {
        continue;
      }
      changes++;
      Instant from = change.getInstant().minus(Duration.ofDays(2));
      LocalDate newest = LocalDate.MIN;
      IntervalWindow day = null;
      for (int step = 0; step < 4 * 24 * 60; step++) {
        Instant at = from.plus(Duration.ofMinutes(step));
        LocalDate shown = LocalDate.ofInstant(at, zone);
        IntervalWindow now = days.first(at.toEpochMilli());
        if (shown.isAfter(newest)) {
          newest = shown;
          assertThat("a new day at " + at, now.equals(day), is(false));
        } else {
          assertThat("the same day at " + at, now, is(day));
        }
        day = now;
      }
    }
    assertThat(changes, greaterThan(3));
  }

  @ParameterizedTest
  @EnumSource(CalendarUnit.class)
  void everyMomentIsInOneWindowAndWindowsFollowEachOtherInEveryZone(CalendarUnit unit) {
    SplittableRandom random = new SplittableRandom(5);
    for (String id : ZoneId.getAvailableZoneIds().stream().sorted().toList()) {
      CalendarShape shape = new CalendarShape(unit, ZoneId.of(id));
      long longest = shape.untilFirst().toMillis();
      for (int i = 0; i < 20; i++) {
        long at = random.nextLong(-2_000_000_000_000L, 4_000_000_000_000L);
        long start = shape.start(at);
        long end = shape.end(start);
        String where = "%s of %s at %s".formatted(unit, id, Instant.ofEpochMilli(at));
        assertThat(where, start <= at && at < end, is(true));
        assertThat(where, shape.start(start), is(start));
        assertThat(where, shape.start(end - 1), is(start));
        assertThat(where, shape.start(end), is(end));
        assertThat(where, end - start, lessThanOrEqualTo(longest));
      }
    }
  }

  @Test
  void aWeekStartsOnMonday() {
    CalendarShape weeks = new CalendarShape(CalendarUnit.WEEK, ZoneId.of("Asia/Kolkata"));
    for (String at : List.of("2026-03-01T00:00:00Z", "2026-12-31T20:00:00Z")) {
      long start = weeks.start(Instant.parse(at).toEpochMilli());
      assertThat(
          Instant.ofEpochMilli(start).atZone(weeks.zone()).getDayOfWeek(), is(DayOfWeek.MONDAY));
    }
  }
}
