package dhara.transforms.windows;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/** A calendar unit for windows. */
public enum CalendarUnit {
  /** From midnight to midnight. */
  DAY(1) {
    @Override
    LocalDate first(LocalDate date) {
      return date;
    }

    @Override
    LocalDate next(LocalDate first) {
      return first.plusDays(1);
    }
  },

  /** From Monday to Sunday, as in ISO 8601. */
  WEEK(7) {
    @Override
    LocalDate first(LocalDate date) {
      return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    }

    @Override
    LocalDate next(LocalDate first) {
      return first.plusWeeks(1);
    }
  },

  /** From the first of a month to its last day. */
  MONTH(31) {
    @Override
    LocalDate first(LocalDate date) {
      return date.withDayOfMonth(1);
    }

    @Override
    LocalDate next(LocalDate first) {
      return first.plusMonths(1);
    }
  };

  private final int mostDays;

  CalendarUnit(int mostDays) {
    this.mostDays = mostDays;
  }

  /** The number of days of the longest. */
  int mostDays() {
    return mostDays;
  }

  /** The first day of the unit that contains a day. */
  abstract LocalDate first(LocalDate date);

  /** The first day of the next unit. */
  abstract LocalDate next(LocalDate first);
}
