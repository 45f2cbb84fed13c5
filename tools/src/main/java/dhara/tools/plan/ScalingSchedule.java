package dhara.tools.plan;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleToLongFunction;

/**
 * Which parallelism a stream needs in each hour of a forecast.
 *
 * @param steps in order, without gaps; neighbours differ in their parallelism
 */
record ScalingSchedule(List<Step> steps) {

  private static final int HOURS = 7 * 24;
  private static final double SECONDS_PER_HOUR = 3600;

  ScalingSchedule {
    steps = List.copyOf(steps);
  }

  /**
   * Some hours with one parallelism.
   *
   * @param from the first of them
   * @param until the first after them
   * @param rate the highest rate of these hours, with headroom
   * @param parallelism for that rate
   */
  record Step(Instant from, Instant until, double rate, long parallelism) {}

  /**
   * The schedule of the week after a history.
   *
   * @param factor of the forecast: the headroom, times how far the rate within an hour exceeds its
   *     mean
   * @param parallelism for a rate of events a second
   */
  static ScalingSchedule of(
      SeasonalForecast forecast, double factor, DoubleToLongFunction parallelism) {
    List<Step> steps = new ArrayList<>();
    for (int hour = 0; hour < HOURS; hour++) {
      Instant from = forecast.end().plus(hour, ChronoUnit.HOURS);
      Instant until = from.plus(1, ChronoUnit.HOURS);
      double rate = forecast.at(from) * factor / SECONDS_PER_HOUR;
      long needed = parallelism.applyAsLong(rate);
      Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
      if (last != null && last.parallelism == needed) {
        steps.set(steps.size() - 1, new Step(last.from, until, Math.max(last.rate, rate), needed));
      } else {
        steps.add(new Step(from, until, rate, needed));
      }
    }
    return new ScalingSchedule(steps);
  }

  /** The highest rate. */
  double peak() {
    return steps.stream().mapToDouble(Step::rate).max().orElse(0);
  }

  /** Core hours of the week, with a core for each worker. */
  double coreHours() {
    return steps.stream()
        .mapToDouble(
            step -> Duration.between(step.from, step.until).toHours() * (double) step.parallelism)
        .sum();
  }

  /** Core hours of the week if the stream always had the highest parallelism. */
  double coreHoursAtPeak() {
    return HOURS * (double) steps.stream().mapToLong(Step::parallelism).max().orElse(0);
  }
}
