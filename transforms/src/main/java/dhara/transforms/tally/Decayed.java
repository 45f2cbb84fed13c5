package dhara.transforms.tally;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sum whose parts count for less the older they are: of half their weight after the half-life, of
 * a quarter after twice that; as a component of a tally.
 *
 * <pre>{@code
 * record Sums(Decayed views) {}                // new Sums(Decayed.of(1, view.at(), TEN_MINUTES))
 * new Demand(sums.views().at(windowEnd, TEN_MINUTES))
 * }</pre>
 *
 * <p><b>Determinism:</b> a decayed sum of {@code double}s depends on the order, and on the moment
 * to which each part was decayed first. Here each part is decayed once, to the end of its minute,
 * and rounded to 2^-32; the parts of a minute are whole numbers that add up exactly. The minutes
 * are decayed to the wanted moment, in their order, when the sum is read. So the sum is a function
 * of its parts, to the last bit, and within 2^-33 times the number of parts of the exact one.
 *
 * <p><b>State:</b> a number for each minute with a part: bounded by the window in which it is added
 * up.
 *
 * @param minutes by the minute since 1970, the sum of its parts as of the end of the minute, in
 *     units of 2^-32
 */
public record Decayed(Map<Long, Long> minutes) implements Tally<Decayed> {

  /** Of nothing. */
  public static final Decayed NONE = new Decayed(Map.of());

  /** A shorter half-life would leave too little of a part at the end of its minute. */
  public static final Duration LEAST_HALF_LIFE = Duration.ofMinutes(1);

  /** The largest part: sums of two million such parts fit a long. */
  public static final long MOST = 1_000;

  private static final double UNIT = 1L << 32;
  private static final long MINUTE = 60_000;

  /**
   * One part.
   *
   * @param weight what it counts at its own time, at most {@link #MOST} from zero
   * @param at its time
   * @param halfLife the same for all that is added up, at least {@link #LEAST_HALF_LIFE}
   */
  public static Decayed of(long weight, Instant at, Duration halfLife) {
    if (Math.abs(weight) > MOST) {
      throw new IllegalArgumentException(
          "a part is within %,d of zero, not %,d".formatted(MOST, weight));
    }
    if (halfLife.compareTo(LEAST_HALF_LIFE) < 0) {
      throw new IllegalArgumentException("a half-life is at least a minute, not " + halfLife);
    }
    if (weight == 0) {
      return NONE;
    }
    long millis = at.toEpochMilli();
    long minute = Math.floorDiv(millis, MINUTE);
    double left = weight * half((minute + 1) * MINUTE - millis, halfLife);
    return new Decayed(Map.of(minute, Math.round(left * UNIT)));
  }

  /** Math.pow may differ between machines in the last bit. */
  private static double half(long afterMillis, Duration halfLife) {
    return StrictMath.pow(0.5, (double) afterMillis / halfLife.toMillis());
  }

  @Override
  public Decayed plus(Decayed other) {
    if (other.minutes.isEmpty() || minutes.isEmpty()) {
      return minutes.isEmpty() ? other : this;
    }
    Map<Long, Long> sum = new TreeMap<>(minutes);
    other.minutes.forEach((minute, part) -> sum.merge(minute, part, Math::addExact));
    return new Decayed(sum);
  }

  /**
   * What is left at a moment, not before the last part.
   *
   * @param halfLife that of the parts
   */
  public double at(Instant moment, Duration halfLife) {
    double sum = 0;
    for (Map.Entry<Long, Long> part : new TreeMap<>(minutes).entrySet()) {
      long end = (part.getKey() + 1) * MINUTE;
      sum += part.getValue() / UNIT * half(moment.toEpochMilli() - end, halfLife);
    }
    return sum;
  }
}
