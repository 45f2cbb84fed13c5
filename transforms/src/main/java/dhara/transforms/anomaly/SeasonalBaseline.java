package dhara.transforms.anomaly;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Mean and deviation of the samples at the same time of earlier days (or weeks): a sample between
 * 9:00 and 10:00 is compared with those between 9:00 and 10:00 of the days before. Samples of the
 * same day do not count, or an anomaly of an hour would soon look normal.
 *
 * <p>Memory: four numbers for each slot and period, slots · (periods + 1) · 4 in all: 768 for the
 * hours of seven days.
 *
 * @param slot the width of a slot, such as an hour; periods are a multiple of it
 * @param period after how long a series repeats itself: a day, or seven
 * @param periods how many earlier periods count
 * @param least in how many of them there must be samples before it tells what is normal
 * @param zone whose days they are
 */
public record SeasonalBaseline(Duration slot, Duration period, int periods, int least, ZoneId zone)
    implements Baseline {

  /** So that weeks begin on Mondays. */
  private static final long MONDAY = Instant.parse("1970-01-05T00:00:00Z").toEpochMilli();

  /** A slot in a period: the period's number, and count, mean and squares of its samples. */
  private static final int WIDTH = 4;

  public SeasonalBaseline {
    if (slot.toMillis() <= 0 || period.toMillis() % slot.toMillis() != 0) {
      throw new IllegalArgumentException(
          "a period is a multiple of its slots, but %s is not one of %s".formatted(period, slot));
    }
    if (least < 1 || periods < least) {
      throw new IllegalArgumentException(
          "of %d earlier periods, at least one and at most all must have samples, and not %d"
              .formatted(periods, least));
    }
  }

  /** The same hour of so many earlier days (UTC), of which at least two must have samples. */
  public static SeasonalBaseline hoursOfDays(int days) {
    return new SeasonalBaseline(
        Duration.ofHours(1), Duration.ofDays(1), days, Math.min(2, days), ZoneOffset.UTC);
  }

  /** With the days of another time zone. */
  public SeasonalBaseline inZone(ZoneId newZone) {
    return new SeasonalBaseline(slot, period, periods, least, newZone);
  }

  private int slots() {
    return Math.toIntExact(period.toMillis() / slot.toMillis());
  }

  @Override
  public Memory initial() {
    return Memory.ofZeros(slots() * (periods + 1) * WIDTH);
  }

  @Override
  public @Nullable Normal next(Memory memory, Sample sample) {
    long local =
        sample.millis() + 1_000L * zone.getRules().getOffset(sample.at()).getTotalSeconds();
    long number = Math.floorDiv(local - MONDAY, period.toMillis());
    int of = (int) (Math.floorMod(local - MONDAY, period.toMillis()) / slot.toMillis());
    Normal normal = normal(memory, of, number);
    remember(memory, place(of, number), number, sample.value());
    return normal;
  }

  private int place(int of, long number) {
    return (of * (periods + 1) + (int) Math.floorMod(number, periods + 1L)) * WIDTH;
  }

  /** Adds up the earlier periods, oldest first (Chan, Golub and LeVeque, 1979). */
  private @Nullable Normal normal(Memory memory, int of, long number) {
    double count = 0;
    double mean = 0;
    double squares = 0;
    int having = 0;
    for (long earlier = number - periods; earlier < number; earlier++) {
      int place = place(of, earlier);
      double more = memory.get(place) == earlier ? memory.get(place + 1) : 0;
      if (more > 0) {
        double distance = memory.get(place + 2) - mean;
        squares += memory.get(place + 3) + distance * distance * (count * more / (count + more));
        mean += distance * (more / (count + more));
        count += more;
        having++;
      }
    }
    return having < least || count < 2 ? null : new Normal(mean, Math.sqrt(squares / count));
  }

  private static void remember(Memory memory, int place, long number, double value) {
    boolean begins = memory.get(place) != number || memory.get(place + 1) == 0;
    double count = begins ? 1 : memory.get(place + 1) + 1;
    double mean = begins ? 0 : memory.get(place + 2);
    double distance = begins ? value : value - mean;
    double next = mean + distance / count;
    memory.set(place, (double) number);
    memory.set(place + 1, count);
    memory.set(place + 2, next);
    memory.set(place + 3, begins ? 0 : memory.get(place + 3) + distance * (value - next));
  }
}
