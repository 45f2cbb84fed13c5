package dhara.transforms.windows;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/** A stretch of a calendar that windows can have. */
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

  /** From Monday to Sunday, as ISO 8601 has it. */
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

  /** How many days the longest has. */
  int mostDays() {
    return mostDays;
  }

  /** The first day of the one that a day is in. */
  abstract LocalDate first(LocalDate date);

  /** The first day of the one after. */
  abstract LocalDate next(LocalDate first);
}
