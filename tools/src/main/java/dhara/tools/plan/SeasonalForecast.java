package dhara.tools.plan;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A forecast of hourly counts: the level of the last week, times a factor of the weekday, times a
 * factor of the hour of the day, all in UTC.
 *
 * <pre>
 *   weekday factor(d) = mean count of the hours of weekday d / mean count of all hours
 *   hour factor(h)    = mean count of the hours h           / mean count of all hours
 *   level             = Σ counts of the last week / Σ weekday factor · hour factor of its hours
 *   forecast          = level · weekday factor · hour factor
 * </pre>
 *
 * <p>Factors come from the whole weeks at the end of the history, so that each weekday counts
 * equally. A history of less than a week has no weekday factors (they are 1), and one of less than
 * a day no factors at all.
 *
 * <p>The headroom is a quantile of {@code count / forecast}, where each week but the first is
 * forecast from the level of the week before it; of a shorter history it is that of the fit itself.
 * Trends longer than a week, holidays and sales are not modelled.
 */
final class SeasonalForecast {

  private static final int WEEKDAYS = 7;
  private static final int HOURS = 24;
  private static final int WEEK = WEEKDAYS * HOURS;

  private final double[] ofWeekday = new double[WEEKDAYS];
  private final double[] ofHour = new double[HOURS];
  private final NavigableMap<Instant, Double> counts;
  private final Instant end;
  private final int weeks;
  private final double level;
  private final double[] ratios;

  private SeasonalForecast(HourlyCounts history) {
    end = history.events().lastKey().plus(1, ChronoUnit.HOURS);
    long hours = ChronoUnit.HOURS.between(history.events().firstKey(), end);
    weeks = (int) (hours / WEEK);
    long days = hours / HOURS;
    Instant from =
        end.minus(
            weeks > 0 ? (long) weeks * WEEK : days > 0 ? days * HOURS : hours, ChronoUnit.HOURS);
    counts = new TreeMap<>(history.events().tailMap(from, true));
    double mean = mean(counts);
    Arrays.fill(ofWeekday, 1);
    Arrays.fill(ofHour, 1);
    if (mean > 0 && weeks > 0) {
      factors(ofWeekday, at -> at.getDayOfWeek().getValue() - 1, mean);
    }
    if (mean > 0 && days > 0) {
      factors(ofHour, ZonedDateTime::getHour, mean);
    }
    level = level(lastWeekBefore(end));
    ratios = ratios();
  }

  /** Fits a history, which has at least one hour. */
  static SeasonalForecast of(HourlyCounts history) {
    return new SeasonalForecast(history);
  }

  /** The first hour after the history. */
  Instant end() {
    return end;
  }

  /** How many whole weeks it rests on. */
  int weeks() {
    return weeks;
  }

  /** The expected count of the hour that starts then. */
  double at(Instant hour) {
    return level * season(hour);
  }

  /**
   * The factor that this part of the hours stayed within.
   *
   * @param quantile above 0, below 1
   * @return at least 1
   */
  double headroom(double quantile) {
    return ratios.length == 0 ? 1 : Math.max(1, ranked(ratios, quantile));
  }

  /** The median of {@code |count / forecast − 1|}. */
  double error() {
    double[] errors = Arrays.stream(ratios).map(ratio -> Math.abs(ratio - 1)).sorted().toArray();
    return errors.length == 0 ? 0 : ranked(errors, 0.5);
  }

  /** The least value that at least this part of the sorted ones does not exceed. */
  private static double ranked(double[] sorted, double quantile) {
    return sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
  }

  /** The place of an hour in its season. */
  private interface Place {
    int of(ZonedDateTime hour);
  }

  private void factors(double[] factors, Place place, double mean) {
    double[] sums = new double[factors.length];
    int[] hours = new int[factors.length];
    counts.forEach(
        (at, count) -> {
          int i = place.of(at.atZone(ZoneOffset.UTC));
          sums[i] += count;
          hours[i]++;
        });
    for (int i = 0; i < factors.length; i++) {
      factors[i] = hours[i] == 0 ? 1 : sums[i] / hours[i] / mean;
    }
  }

  private double season(Instant hour) {
    ZonedDateTime at = hour.atZone(ZoneOffset.UTC);
    return ofWeekday[at.getDayOfWeek().getValue() - 1] * ofHour[at.getHour()];
  }

  private NavigableMap<Instant, Double> lastWeekBefore(Instant until) {
    return counts.subMap(until.minus(WEEK, ChronoUnit.HOURS), true, until, false);
  }

  /** The level of some hours; hours that are missing do not lower it. */
  private double level(Map<Instant, Double> hours) {
    double seasons = hours.keySet().stream().mapToDouble(this::season).sum();
    return seasons == 0 ? 0 : sum(hours) / seasons;
  }

  private double[] ratios() {
    List<Double> all = new ArrayList<>();
    if (weeks < 2) {
      addRatios(all, counts, level);
    }
    for (int week = weeks - 1; week > 0; week--) {
      Instant start = end.minus((long) week * WEEK, ChronoUnit.HOURS);
      addRatios(
          all, lastWeekBefore(start.plus(WEEK, ChronoUnit.HOURS)), level(lastWeekBefore(start)));
    }
    return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private void addRatios(List<Double> all, Map<Instant, Double> hours, double ofLevel) {
    hours.forEach(
        (at, count) -> {
          double expected = ofLevel * season(at);
          if (expected > 0) {
            all.add(count / expected);
          }
        });
  }

  private static double mean(Map<Instant, Double> hours) {
    return hours.isEmpty() ? 0 : sum(hours) / hours.size();
  }

  private static double sum(Map<Instant, Double> hours) {
    return hours.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
