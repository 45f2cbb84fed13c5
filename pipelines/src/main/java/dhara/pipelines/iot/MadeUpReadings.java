package dhara.pipelines.iot;

import dhara.pipelines.Scenario.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Made-up readings of six sensors, one a minute each. A sensor swings around its mean, up and down
 * in turns, so that nothing about it is unusual until something is planted: a value above the
 * limit, a value too low, a value that is stuck, silence, or two rises before a drop. After each,
 * the sensor is calm until its baseline has forgotten it.
 *
 * <p>What is planted in a reading are the names of the detectors that must find it, in their order
 * and with a space between; {@code missing} is planted in the last reading before a silence.
 */
final class MadeUpReadings implements Iterator<Given<?>> {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] SENSORS = {
    "boiler-1", "boiler-2", "chiller-1", "chiller-2", "pump-1", "pump-2"
  };

  /** Calm minutes before the first anomaly, so that the baseline is known, and between two. */
  private static final int CALM = 45;

  /** How far a calm sensor swings, at least and at most. */
  private static final double LEAST_SWING = 0.2;

  private static final double SWING = 1;

  /** Minutes of a stuck value; the first is not stuck yet. Longer than 1.25 half hours. */
  private static final int STUCK = 41;

  /** Minutes without a reading: more than ten, and less than twelve and a half. */
  private static final int SILENT = 11;

  /**
   * A minute of a sensor.
   *
   * @param value NaN if it is silent
   */
  private record Made(double value, String planted) {

    boolean isSilent() {
      return Double.isNaN(value);
    }
  }

  /** One sensor and what it will measure next; nothing stands for a minute of silence. */
  private static final class Making {

    private final double mean;
    private final Deque<Made> next = new ArrayDeque<>();
    private int calm;
    private boolean up;

    Making(double mean, int calm) {
      this.mean = mean;
      this.calm = calm;
    }

    Made next(SplittableRandom random) {
      if (next.isEmpty()) {
        plan(random);
      }
      return next.remove();
    }

    private void plan(SplittableRandom random) {
      up = !up;
      double swing = LEAST_SWING + (SWING - LEAST_SWING) * random.nextDouble();
      Made calmly = new Made(rounded(mean + (up ? swing : -swing)), "");
      if (calm-- > 0) {
        next.add(calmly);
        return;
      }
      // A rise follows a low, so that a sensor never rises twice by itself.
      switch (up ? random.nextInt(3) : 3 + random.nextInt(2)) {
        case 0 -> next.add(new Made(rounded(104 + 10 * random.nextDouble()), "above z_score"));
        case 1 -> stuck(rounded(mean + LEAST_SWING));
        case 2 -> {
          next.add(new Made(rounded(mean + 0.1), ""));
          next.add(new Made(rounded(mean + 0.6), ""));
          next.add(new Made(rounded(mean - swing), "rise_and_drop"));
          up = false;
        }
        case 3 -> next.add(new Made(rounded(mean - 15 - 10 * random.nextDouble()), "z_score"));
        default -> {
          next.add(new Made(calmly.value, "missing"));
          next.addAll(Collections.nCopies(SILENT - 1, SILENCE));
        }
      }
      calm = CALM + random.nextInt(20);
    }

    /** Found after 30 minutes, and again after 37.5, when it is worse. */
    private void stuck(double value) {
      for (int minute = 0; minute < STUCK; minute++) {
        next.add(new Made(value, minute == 31 || minute == 38 ? "flat_line" : ""));
      }
    }
  }

  private static final Made SILENCE = new Made(Double.NaN, "");

  private final SplittableRandom random;
  private final List<Making> sensors = new ArrayList<>();
  private long minute;
  private int sensor = -1;
  private long number;

  private MadeUpReadings(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < SENSORS.length; i++) {
      sensors.add(new Making(88 + i, CALM + random.nextInt(30)));
    }
  }

  /** The first {@code count} readings of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(new MadeUpReadings(seed), 0), false)
        .limit(count);
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public Given<?> next() {
    Made made;
    do {
      sensor++;
      if (sensor == SENSORS.length) {
        sensor = 0;
        minute++;
      }
      made = sensors.get(sensor).next(random);
    } while (made.isSilent());
    number++;
    Given<?> given =
        SensorHealth.READINGS.given(
            new SensorReading(
                "R%09d".formatted(number),
                START.plus(Duration.ofMinutes(minute)).plusSeconds(7L * sensor),
                SENSORS[sensor],
                made.value));
    return made.planted.isEmpty() ? given : given.planted(made.planted);
  }

  /** With three decimals, as sensors give them. */
  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
