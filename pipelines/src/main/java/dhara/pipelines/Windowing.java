package dhara.pipelines;

import dhara.options.BadOption;
import dhara.options.EarlyOptions;
import dhara.options.LatenessOptions;
import dhara.options.Nearest;
import dhara.options.RunningOptions;
import dhara.options.SlidingOptions;
import dhara.options.WindowOptions;
import dhara.options.ZoneOptions;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The windows that the options define. */
public final class Windowing {

  /** The default width. */
  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** The default gap of an analysis of sessions. */
  private static final Duration SESSION_GAP = Duration.ofMinutes(30);

  /**
   * The most windows per event: enough for an hour by the second, or a day by the half minute. A
   * backfill's answers, and the time to compute them, grow with the number of windows and of slices
   * in each.
   */
  private static final long MOST_PER_EVENT = 3_600;

  /** How often running totals are updated by default. */
  private static final Duration UPDATE = Duration.ofSeconds(10);

  private Windowing() {}

  private static Duration leastEvery(Duration window) {
    return Duration.ofMillis((window.toMillis() + MOST_PER_EVENT - 1) / MOST_PER_EVENT);
  }

  /** The windows of {@code --window}, {@code --every}, {@code --gap}; by default of a minute. */
  public static Windows of(WindowOptions options) {
    return of(options, WINDOW);
  }

  /** The same; by default of another width. */
  public static Windows of(WindowOptions options, Duration width) {
    return of(options, width, width);
  }

  /**
   * The same; by default sliding. {@code --every} alone changes how often a window of the default
   * width begins, and {@code --window} alone makes tumbling windows.
   *
   * @param width the default width
   * @param distance the default distance between the starts of windows
   */
  public static Windows of(WindowOptions options, Duration width, Duration distance) {
    boolean slides = options.getWindow() == null && distance.compareTo(width) < 0;
    Duration every = slides && options.getEvery() == null ? distance : options.getEvery();
    Duration gap = options.getGap();
    if (gap != null) {
      if (options.getEvery() != null) {
        throw new BadOption(
            "--every", options.getEvery(), "sessions (--gap) do not slide; leave one of them out");
      } else if (options.getWindow() != null) {
        throw new BadOption(
            "--window",
            options.getWindow(),
            "a session (--gap) is as wide as its events make it; leave one of them out");
      }
      return late(Windows.sessions(above0("--gap", gap, "a session's gap", "PT30M")), options);
    }
    Duration window =
        options.getWindow() == null
            ? width
            : above0("--window", options.getWindow(), "a window", "PT1M");
    if (every == null) {
      return late(Windows.tumbling(window), options);
    }
    above0("--every", every, "the distance of sliding windows", "PT1M");
    if (every.compareTo(window) > 0) {
      throw new BadOption(
          "--every", every, "is longer than --window=" + window + ": events would be left out");
    }
    long perEvent = (window.toMillis() + every.toMillis() - 1) / every.toMillis();
    if (perEvent > MOST_PER_EVENT) {
      throw new BadOption(
          "--every",
          every,
          "%,d windows of --window=%s would hold each event, and %,d may; e.g. --every=%s"
              .formatted(perEvent, window, MOST_PER_EVENT, leastEvery(window)));
    }
    return late(Windows.sliding(window, every), options);
  }

  /**
   * The sliding windows of {@code --window} and {@code --every}, for an analysis that compares each
   * window with those before it, and so answers once, when a window has settled.
   *
   * @param width by default
   * @param every by default
   */
  public static Windows settledSliding(SlidingOptions options, Duration width, Duration every) {
    Duration window = options.getWindow() == null ? width : options.getWindow();
    Duration step = options.getEvery() == null ? every : options.getEvery();
    above0("--window", window, "a window", "" + width);
    above0("--every", step, "the distance of sliding windows", "" + every);
    if (window.toMillis() % step.toMillis() != 0) {
      throw new BadOption(
          options.getEvery() == null ? "--window" : "--every",
          options.getEvery() == null ? window : step,
          "a window of %s is not whole steps of %s; e.g. --window=%s --every=%s"
              .formatted(window, step, width, every));
    }
    if (window.toMillis() / step.toMillis() > MOST_PER_EVENT) {
      throw new BadOption(
          "--every",
          step,
          "%,d windows of %s would hold each event, and %,d may; e.g. --every=%s"
              .formatted(
                  window.toMillis() / step.toMillis(), window, MOST_PER_EVENT, leastEvery(window)));
    }
    return Windows.sliding(window, step).withLateness(lateness(options));
  }

  /** The sessions of {@code --gap}, for an analysis that has no other windows. */
  public static Windows sessions(WindowOptions options) {
    refuse("--window", options.getWindow());
    refuse("--every", options.getEvery());
    Duration gap =
        options.getGap() == null
            ? SESSION_GAP
            : above0("--gap", options.getGap(), "a session's gap", "PT30M");
    return late(Windows.sessions(gap), options);
  }

  private static void refuse(String option, @Nullable Duration given) {
    if (given != null) {
      throw new BadOption(
          option, given, "this analysis answers about sessions only; give --gap=" + SESSION_GAP);
    }
  }

  /**
   * Tumbling windows of another width, with the lateness and early answers of the options.
   *
   * @param option the option that gave the width, with its dashes
   */
  public static Windows tumbling(String option, Duration width, EarlyOptions options) {
    return late(Windows.tumbling(above0(option, width, "a window", "PT15M")), options);
  }

  /**
   * Days, weeks or months in the time zone of the options, with their lateness and early answers.
   *
   * @param zone the same options
   */
  public static Windows calendar(CalendarUnit unit, ZoneOptions zone, EarlyOptions options) {
    return late(Windows.calendar(unit, zone(zone)), options);
  }

  /**
   * The windows of running totals: {@code --since}, {@code --timeZone}; they always answer early.
   */
  public static Windows running(RunningOptions options) {
    return switch (options.getSince()) {
      case day -> running(CalendarUnit.DAY, options, options);
      case week -> running(CalendarUnit.WEEK, options, options);
      case month -> running(CalendarUnit.MONTH, options, options);
      case ever -> updated(late(Windows.ever(), options), options);
    };
  }

  /**
   * The windows of running totals of days, weeks or months in the time zone of the options.
   *
   * @param zone the same options
   */
  public static Windows running(CalendarUnit unit, ZoneOptions zone, EarlyOptions options) {
    return updated(calendar(unit, zone, options), options);
  }

  private static Windows updated(Windows windows, EarlyOptions options) {
    return options.getEarly() == null ? windows.withEarlyAnswersEvery(UPDATE) : windows;
  }

  /** How late events may come, for folds and joins, whose windows are not the user's. */
  public static Duration lateness(LatenessOptions options) {
    Duration lateness = options.getLateness();
    if (lateness.isNegative()) {
      throw new BadOption("--lateness", lateness, "is below zero, e.g. --lateness=PT10M");
    }
    return lateness;
  }

  /** The time zone in which days begin and end. */
  public static ZoneId zone(ZoneOptions options) {
    String zone = options.getTimeZone();
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new BadOption(
          "--timeZone",
          zone,
          "is no time zone, e.g. --timeZone=Asia/Kolkata."
              + Nearest.question(zone, ZoneId.getAvailableZoneIds()),
          e);
    }
  }

  private static Windows late(Windows windows, EarlyOptions options) {
    Windows late = windows.withLateness(options.getLateness());
    return options.getEarly() == null
        ? late
        : late.withEarlyAnswersEvery(above0("--early", options.getEarly(), "it", "PT1S"));
  }

  private static Duration above0(String option, Duration value, String what, String example) {
    if (value.toMillis() <= 0) {
      throw new BadOption(
          option, value, what + " must be longer than zero, e.g. " + option + "=" + example);
    }
    return value;
  }
}
