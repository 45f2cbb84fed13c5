package dhara.transforms.sketch;

import dhara.records.ByteForm;
import dhara.transforms.tally.Tally;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Medians and percentiles of any number of values, each within 0.4 % of its value: a histogram
 * whose buckets grow with the values, as a component of a tally.
 *
 * <pre>{@code
 * record Sums(Percentiles latencyMillis) {}    // new Sums(Percentiles.of(payment.latencyMillis()))
 * new Metrics(sums.latencyMillis().quantile(0.5), sums.latencyMillis().quantile(0.95))
 * }</pre>
 *
 * <p><b>Determinism:</b> the bucket of a value depends only on the value, so counts, answers and
 * bytes are a function of the values, to the last bit, whatever their order and the split of work.
 * A bucket is the exponent and the first 7 bits of the fraction of a double; no logarithm is used,
 * because Java does not define it to the last bit.
 *
 * <p><b>Error:</b> {@link #count}, {@link #least} and {@link #greatest} are exact. A {@link
 * #quantile} differs from the true one by at most 1/256 of it ({@link #RELATIVE_ERROR}), which is
 * 0.39 %, if that is in ±[2^-64, 2^64), about 5.4e-20 to 1.8e19. Values nearer to zero count as 0,
 * an error of less than 2^-64. For values farther away, infinite ones included, the answer is the
 * least or greatest value, because it is only known that the quantile lies between the last bucket
 * and that value.
 *
 * <p><b>State:</b> 12 bytes for each bucket that has values, about 3 of them when encoded. There
 * are at most 32,771; latencies between a millisecond and a minute are in 2,048 of them. <b>Bad
 * data:</b> NaN is refused; -0.0 is 0.0.
 */
public final class Percentiles implements Tally<Percentiles>, ByteForm, Serializable {

  /** No values. */
  public static final Percentiles NONE = new Percentiles(Double.NaN);

  /** How far a quantile may be from the true one, as a part of the true one. */
  public static final double RELATIVE_ERROR = 1.0 / 256;

  private static final long serialVersionUID = 1L;

  /** The bits of the fraction of a double that choose a bucket. */
  private static final int FRACTION_BITS = 7;

  private static final int DROPPED_BITS = 52 - FRACTION_BITS;

  /** The least magnitude that does not count as zero. */
  private static final double LEAST = 0x1p-64;

  /** The least magnitude that is in the last bucket. */
  private static final double TOO_LARGE = 0x1p64;

  /** Buckets are numbered by magnitude, 1 and up; negative values have negative numbers. */
  private static final long BEFORE_FIRST = (Double.doubleToRawLongBits(LEAST) >>> DROPPED_BITS) - 1;

  private static final int LAST = bucket(TOO_LARGE);

  private static final int LEAST_WAITING = 8;
  private static final int MOST_WAITING = 256;

  /** The first value; NaN if there is none. */
  private final transient double first;

  private transient double least;
  private transient double greatest;
  private transient long count;

  /** The numbers of the buckets that have values, in order; null if there is one value or none. */
  private transient int @Nullable [] buckets;

  /** How many values each of them has. */
  private transient long @Nullable [] counts;

  /** How many buckets have values, without the waiting ones. */
  private transient int filled;

  /**
   * Buckets of single values in the order of their arrival: sorting them from time to time takes a
   * third of the time of looking up each.
   */
  private transient int @Nullable [] waiting;

  private transient int waits;

  private Percentiles(double first) {
    this.first = first;
    least = first;
    greatest = first;
    count = Double.isNaN(first) ? 0 : 1;
  }

  /**
   * One value.
   *
   * @throws IllegalArgumentException if it is NaN
   */
  public static Percentiles of(double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("NaN has no place among values; leave it out");
    }
    // A negative zero is equal to zero, and would have other bytes.
    return new Percentiles(value + 0.0);
  }

  /** One value; beyond 2^53 it is rounded to the nearest double. */
  public static Percentiles of(long value) {
    return new Percentiles((double) value);
  }

  private static int bucket(double value) {
    double magnitude = Math.abs(value);
    if (magnitude < LEAST) {
      return 0;
    }
    int bucket =
        (int)
            ((Double.doubleToRawLongBits(Math.min(magnitude, TOO_LARGE)) >>> DROPPED_BITS)
                - BEFORE_FIRST);
    return value < 0 ? -bucket : bucket;
  }

  /** The middle of a bucket; no value in the bucket differs from it by more than the error. */
  private static double middle(int bucket) {
    long bits = ((Math.abs(bucket) + BEFORE_FIRST) << DROPPED_BITS) + (1L << (DROPPED_BITS - 1));
    return Math.copySign(Double.longBitsToDouble(bits), bucket);
  }

  /**
   * The values of both. It may reuse the content of {@code this}, so do not use {@code this} again,
   * unless it is {@link #NONE} or a single value; {@code other} is not modified.
   */
  @Override
  public Percentiles plus(Percentiles other) {
    if (other.count == 0) {
      return this;
    }
    if (count == 0 && other.buckets == null) {
      return other;
    }
    Percentiles sum = this;
    if (buckets == null) {
      sum = new Percentiles(count == 0 ? other.first : first);
      sum.count = count;
      sum.buckets = new int[0];
      sum.counts = new long[0];
      if (count == 1) {
        sum.add(bucket(first));
      }
    }
    sum.least = Math.min(sum.least, other.least);
    sum.greatest = Math.max(sum.greatest, other.greatest);
    sum.count = Math.addExact(sum.count, other.count);
    if (other.buckets == null) {
      sum.add(bucket(other.first));
    } else {
      sum.merge(other.buckets, other.counts, other.filled);
      for (int i = 0; i < other.waits; i++) {
        sum.add(other.waiting[i]);
      }
    }
    return sum;
  }

  private void add(int bucket) {
    if (waiting == null) {
      waiting = new int[LEAST_WAITING];
    }
    if (waits == waiting.length) {
      settle();
      if (filled > waiting.length && waiting.length < MOST_WAITING) {
        waiting = new int[2 * waiting.length];
      }
    }
    waiting[waits++] = bucket;
  }

  /** Adds the waiting values to the buckets. */
  private void settle() {
    if (waits == 0) {
      return;
    }
    Arrays.sort(waiting, 0, waits);
    int different = 0;
    long[] number = new long[waits];
    for (int i = 0; i < waits; i++) {
      if (i > 0 && waiting[i] == waiting[different - 1]) {
        number[different - 1]++;
      } else {
        waiting[different] = waiting[i];
        number[different++] = 1;
      }
    }
    waits = 0;
    merge(waiting, number, different);
  }

  private void merge(int[] otherBuckets, long[] otherCounts, int otherFilled) {
    if (otherFilled == 0) {
      return;
    }
    int[] sumBuckets = new int[filled + otherFilled];
    long[] sumCounts = new long[filled + otherFilled];
    int a = 0;
    int b = 0;
    int to = 0;
    while (a < filled || b < otherFilled) {
      int mine = a < filled ? buckets[a] : Integer.MAX_VALUE;
      int theirs = b < otherFilled ? otherBuckets[b] : Integer.MAX_VALUE;
      sumBuckets[to] = Math.min(mine, theirs);
      sumCounts[to++] =
          (mine <= theirs ? counts[a++] : 0) + (theirs <= mine ? otherCounts[b++] : 0);
    }
    buckets = sumBuckets;
    counts = sumCounts;
    filled = to;
  }

  /** How many values there are, exactly. */
  public long count() {
    return count;
  }

  /**
   * The least value, exactly.
   *
   * @return NaN if there are no values
   */
  public double least() {
    return least;
  }

  /**
   * The greatest value, exactly.
   *
   * @return NaN if there are no values
   */
  public double greatest() {
    return greatest;
  }

  /**
   * The least value that at least this fraction of all values does not exceed: 0.5 gives the
   * median, 0.95 the 95th percentile.
   *
   * @param part 0 to 1, taken as a decimal: 0.07 of 100 values are 7
   * @return within {@link #RELATIVE_ERROR}; NaN if there are no values
   */
  public double quantile(double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException("a quantile is of 0 to 1, not " + part);
    }
    // In decimals, because as doubles 0.07 * 100 is more than 7.
    long rank =
        BigDecimal.valueOf(part)
            .multiply(BigDecimal.valueOf(count))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact();
    if (rank <= 1) {
      return least;
    }
    if (rank == count) {
      return greatest;
    }
    settle();
    int bucket = 0;
    long passed = 0;
    for (int i = 0; passed < rank; i++) {
      bucket = buckets[i];
      passed += counts[i];
    }
    double value =
        switch (Integer.compare(Math.abs(bucket), LAST)) {
          case 0 -> bucket < 0 ? least : greatest;
          default -> bucket == 0 ? 0 : middle(bucket);
        };
    return Math.max(least, Math.min(greatest, value));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Percentiles that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return count == 0 ? "no values" : count + " values, " + least + " to " + greatest;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The least and the greatest value, then each bucket as its distance from the one before and
   * its count; all as varints except the first two.
   */
  @Override
  public byte[] toBytes() {
    if (count == 0) {
      return new byte[0];
    }
    if (buckets == null) {
      return ByteBuffer.allocate(Double.BYTES).putDouble(first).array();
    }
    settle();
    ByteBuffer out = ByteBuffer.allocate(2 * Double.BYTES + filled * (5 + 10));
    out.putDouble(least).putDouble(greatest);
    int before = -LAST;
    for (int i = 0; i < filled; i++) {
      putVarint(out, buckets[i] - before);
      putVarint(out, counts[i]);
      before = buckets[i];
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /**
   * The values of these bytes.
   *
   * @throws IllegalArgumentException if {@link #toBytes} did not produce them
   */
  public static Percentiles fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < Double.BYTES) {
      throw breaksOff();
    }
    Percentiles sum = of(in.getDouble());
    if (!in.hasRemaining()) {
      return sum;
    }
    if (in.remaining() < Double.BYTES) {
      throw breaksOff();
    }
    sum.greatest = of(in.getDouble()).first;
    sum.count = 0;
    sum.buckets = new int[in.remaining() / 2];
    sum.counts = new long[in.remaining() / 2];
    long bucket = -LAST;
    while (in.hasRemaining()) {
      long step = varint(in);
      long number = varint(in);
      bucket += step;
      if (step < 0 || (step == 0 && sum.filled > 0) || bucket > LAST || number < 1) {
        throw new IllegalArgumentException("no percentiles: bucket " + bucket + " has " + number);
      }
      sum.buckets[sum.filled] = (int) bucket;
      sum.counts[sum.filled++] = number;
      sum.count = Math.addExact(sum.count, number);
    }
    if (sum.count < 2) {
      throw new IllegalArgumentException(
          "no percentiles: two extremes of " + sum.count + " values");
    }
    return sum;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw breaksOff();
      }
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("no percentiles: a number of more than 64 bits");
  }

  private static IllegalArgumentException breaksOff() {
    return new IllegalArgumentException("percentiles break off");
  }

  /** Java serialization writes the bytes, for functions that hold values. */
  private Object writeReplace() {
    return new Travelling(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("percentiles travel as their bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Travelling(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}
