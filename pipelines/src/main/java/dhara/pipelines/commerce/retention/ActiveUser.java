package dhara.pipelines.commerce.retention;

import dhara.events.Event;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZonedDateTime;

/**
 * A user has their first activity of a month.
 *
 * @param id of the activity
 * @param at of the activity
 * @param cohort the month of the user's first activity of all, counted from January of year 0
 * @param month the month of this one
 */
record ActiveUser(String id, Instant at, long cohort, long month) implements Event {

  /** The number of a month. */
  static long month(ZonedDateTime at) {
    return 12L * at.getYear() + at.getMonthValue() - 1;
  }

  /** The month of a number, such as {@code 2026-01}. */
  static String name(long month) {
    return YearMonth.of(Math.toIntExact(Math.floorDiv(month, 12L)), 1 + Math.floorMod(month, 12))
        .toString();
  }

  boolean isNew() {
    return cohort == month;
  }
}
