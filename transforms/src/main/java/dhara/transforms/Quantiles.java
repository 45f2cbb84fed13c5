package dhara.transforms;

import dhara.records.ByteForm;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.kll.KllSketch;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.quantilescommon.DoublesSketchSortedView;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Medians, percentiles and ranks of values, in a few kilobytes however many there be: exact for few
 * values, then a KLL sketch of Apache DataSketches; a component of a {@link Tally}.
 *
 * <pre>{@code
 * record Playbacks(long events, Quantiles startupMillis) implements Tally<Playbacks> {
 *   static final Playbacks ZERO = new Playbacks(0, Quantiles.NONE);
 *
 *   static Playbacks of(Playback event) {
 *     return new Playbacks(1, Quantiles.of(event.startupMillis()));
 *   }
 *
 *   public Playbacks plus(Playbacks other) {
 *     return new Playbacks(events + other.events, startupMillis.plus(other.startupMillis));
 *   }
 * }
 * }</pre>
 *
 * <p><b>What is exact:</b> the {@link #count}, the {@link #least} and the {@link #greatest} value
 * always; every quantile and rank while there are at most {@code k} values. All of these, and up to
 * {@code k} values the bytes too, are a function of the values, whatever their order and the split
 * of work.
 *
 * <p><b>What is not:</b> with more than {@code k} values, quantiles and ranks. A KLL sketch throws
 * coins where it thins values out, and DataSketches does not let their seed be chosen. So two runs
 * over the same values, even in the same order, give two answers, each within the bound; an answer
 * whose quantiles are to be equal in every run, to the last bit, needs a {@code k} that no window's
 * number of values exceeds. Otherwise show the bound beside the answer: {@link #rankError}.
 *
 * <p><b>Error:</b> of ranks, as a part of the number of values: the quantile of rank 0.95 is a
 * value whose true rank is, with a confidence of 99 %, no further than {@link #rankError} from
 * 0.95. It is 2.296 / {@code k}^0.9723, however many values there are and however they were merged:
 * {@code KllSketch.getNormalizedRankError(k, false)} of DataSketches, fitted there to measurements.
 * 1.33 % for a {@code k} of 200 (the default), 0.28 % for 1000, 0.07 % for 4096. How far the value
 * itself is off depends on how densely values lie there: {@link #lowerBound} and {@link
 * #upperBound}.
 *
 * <p><b>State:</b> a value until a second one comes, then 8 bytes for each up to {@code k}, then
 * about 3 {@code k} values. <b>Bad data:</b> NaN is refused; infinite values are values; -0.0 is
 * 0.0.
 */
public final class Quantiles implements ByteForm, Serializable {

  /** No values. */
  public static final Quantiles NONE = new Quantiles(0, 0);

  private static final long serialVersionUID = 1L;

  private static final int K = KllSketch.DEFAULT_K;
  private static final byte EXACT = 1;
  private static final byte SKETCH = 2;

  private static final int VALUES_START = 1 + Short.BYTES;

  /** What an image of DataSketches has before its levels. */
  private static final int IMAGE_HEAD = 20;

  /** Where an image of DataSketches has the number of its levels; see its KllPreambleUtil. */
  private static final int LEVELS_BYTE = 18;

  private static final int MOST_LEVELS = 61;

  private final transient int k;
  private final transient double first;

  /** How many of {@link #values} there are; 1 without such an array, for {@link #first}. */
  private transient int filled;

  /** All values, {@link #first} too, in no order; null if there is only one, or a sketch. */
  private transient double @Nullable [] values;

  /** All values, if there are more than k. */
  private transient @Nullable KllDoublesSketch sketch;

  private Quantiles(int k, double first) {
    this.k = k;
    this.first = first;
    this.filled = k == 0 ? 0 : 1;
  }

  /**
   * One value.
   *
   * @throws IllegalArgumentException if it is NaN
   */
  public static Quantiles of(double value) {
    return of(value, K);
  }

  /**
   * One value.
   *
   * @param k up to how many values all is exact, and what the error is beyond: 8 to 65535; the same
   *     for all that is added up
   * @throws IllegalArgumentException if the value is NaN
   */
  public static Quantiles of(double value, int k) {
    if (k < 8 || k > KllSketch.MAX_K) {
      throw new IllegalArgumentException(
          "the k of quantiles is 8 to " + KllSketch.MAX_K + ", not " + k + "; 200 is usual");
    }
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("NaN has no place among values; leave it out");
    }
    // A negative zero is equal to zero, and would have other bytes.
    return new Quantiles(k, value + 0.0);
  }

  /**
   * The values of both. What {@code this} holds may be reused, so {@code this} must not be used
   * again, unless it is {@link #NONE} or a single value; {@code other} is left as it was.
   *
   * @throws IllegalArgumentException where both have values, and another k
   */
  public Quantiles plus(Quantiles other) {
    if (other.k == 0) {
      return this;
    }
    if (k == 0 && other.isOne()) {
      return other;
    }
    if (k != 0 && k != other.k) {
      throw new IllegalArgumentException(
          "quantiles of k " + k + " and " + other.k + " cannot be added up; make both with one k");
    }
    Quantiles sum = this;
    if (k == 0 || isOne()) {
      sum = new Quantiles(other.k, first);
      sum.filled = filled;
      sum.values = new double[] {first};
    }
    sum.add(other);
    return sum;
  }

  private boolean isOne() {
    return k != 0 && values == null && sketch == null;
  }

  private void add(Quantiles other) {
    if (sketch == null && other.sketch == null && filled + other.filled <= k) {
      addExactly(other);
      return;
    }
    if (sketch == null) {
      sketch = KllDoublesSketch.newHeapInstance(k);
      sketch.update(values, 0, filled);
      values = null;
      filled = 0;
    }
    if (other.sketch != null) {
      sketch.merge(other.sketch);
    } else if (other.values != null) {
      sketch.update(other.values, 0, other.filled);
    } else {
      sketch.update(other.first);
    }
  }

  private void addExactly(Quantiles other) {
    int sum = filled + other.filled;
    if (sum > values.length) {
      values = Arrays.copyOf(values, Math.min(k, Math.max(sum, 2 * values.length)));
    }
    if (other.values != null) {
      System.arraycopy(other.values, 0, values, filled, other.filled);
    } else {
      values[filled] = other.first;
    }
    filled = sum;
  }

  /** How many values there are, exactly. */
  public long count() {
    return sketch == null ? filled : sketch.getN();
  }

  /** Whether quantiles and ranks are exact: there are at most k values. */
  public boolean isExact() {
    return sketch == null;
  }

  /**
   * How far the true rank of a quantile may be from the one asked for, with a confidence of 99 %,
   * as a part of the number of values; 0 while all is exact.
   */
  public double rankError() {
    return sketch == null ? 0 : KllSketch.getNormalizedRankError(k, false);
  }

  /**
   * The least value, exactly.
   *
   * @return NaN if there are no values
   */
  public double least() {
    return k == 0 ? Double.NaN : view().getMinItem();
  }

  /**
   * The greatest value, exactly.
   *
   * @return NaN if there are no values
   */
  public double greatest() {
    return k == 0 ? Double.NaN : view().getMaxItem();
  }

  /**
   * The least value that at least this part of all values does not exceed: of 0.5 the median.
   *
   * @param rank 0 to 1
   * @return NaN if there are no values
   */
  public double quantile(double rank) {
    checked(rank);
    return k == 0 ? Double.NaN : view().getQuantile(rank, QuantileSearchCriteria.INCLUSIVE);
  }

  /**
   * The quantile that is {@link #rankError} below this rank: the true quantile of this rank is at
   * least that, with the confidence of {@link #rankError}.
   *
   * @param rank 0 to 1
   * @return NaN if there are no values
   */
  public double lowerBound(double rank) {
    return quantile(Math.max(0, checked(rank) - rankError()));
  }

  /**
   * The quantile that is {@link #rankError} above this rank: the true quantile of this rank is at
   * most that, with the confidence of {@link #rankError}.
   *
   * @param rank 0 to 1
   * @return NaN if there are no values
   */
  public double upperBound(double rank) {
    return quantile(Math.min(1, checked(rank) + rankError()));
  }

  /**
   * The part of all values, 0 to 1, that do not exceed this one.
   *
   * @return NaN if there are no values
   */
  public double rank(double value) {
    return k == 0 ? Double.NaN : view().getRank(value, QuantileSearchCriteria.INCLUSIVE);
  }

  private static double checked(double rank) {
    if (!(rank >= 0 && rank <= 1)) {
      throw new IllegalArgumentException("a rank is 0 to 1, not " + rank);
    }
    return rank;
  }

  /** A sketch of at most as many values as its k is exact. */
  private KllDoublesSketch view() {
    if (sketch != null) {
      return sketch;
    }
    KllDoublesSketch exact = KllDoublesSketch.newHeapInstance(Math.max(8, filled));
    exact.update(all(), 0, filled);
    return exact;
  }

  private double[] all() {
    return values == null ? new double[] {first} : values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantiles that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return switch ((int) Math.min(2, count())) {
      case 0 -> "no values";
      case 1 -> "1 value: " + first;
      default -> count() + " values: " + least() + " to " + greatest();
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>Values in their order while all is exact, so that equal values have equal bytes; else an
   * image of DataSketches.
   */
  @Override
  public byte[] toBytes() {
    if (k == 0) {
      return new byte[0];
    }
    if (sketch != null) {
      // Sorts the values that are not sorted yet, as a question would: asking changes no byte.
      DoublesSketchSortedView unused = sketch.getSortedView();
      byte[] image = sketch.toByteArray();
      return ByteBuffer.allocate(1 + image.length).put(SKETCH).put(image).array();
    }
    double[] sorted = Arrays.copyOf(all(), filled);
    Arrays.sort(sorted);
    ByteBuffer bytes = ByteBuffer.allocate(VALUES_START + Double.BYTES * filled);
    bytes.put(EXACT).putShort((short) k);
    bytes.asDoubleBuffer().put(sorted);
    return bytes.array();
  }

  /**
   * The values of these bytes.
   *
   * @throws IllegalArgumentException where they are none that {@link #toBytes} gave
   */
  public static Quantiles fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    return switch (bytes[0]) {
      case EXACT -> exactFromBytes(bytes);
      case SKETCH -> sketchFromBytes(bytes);
      default -> throw new IllegalArgumentException("no quantiles begin with " + bytes[0]);
    };
  }

  private static Quantiles exactFromBytes(byte[] bytes) {
    int length = bytes.length - VALUES_START;
    if (length < Double.BYTES || length % Double.BYTES != 0) {
      throw new IllegalArgumentException("no quantiles have " + bytes.length + " bytes");
    }
    int k = Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(1));
    double[] values = new double[length / Double.BYTES];
    ByteBuffer.wrap(bytes, VALUES_START, length).asDoubleBuffer().get(values);
    Quantiles quantiles = of(values[0], k);
    if (values.length > k || Double.isNaN(values[values.length - 1])) {
      throw new IllegalArgumentException(
          "no quantiles of k " + k + " are " + values.length + " values");
    }
    if (values.length > 1) {
      quantiles.values = values;
      quantiles.filled = values.length;
    }
    return quantiles;
  }

  private static Quantiles sketchFromBytes(byte[] bytes) {
    byte[] image = Arrays.copyOfRange(bytes, 1, bytes.length);
    // DataSketches asserts these, or reads past the end of an array that is too short.
    if (image.length < IMAGE_HEAD
        || image[LEVELS_BYTE] < 1
        || image[LEVELS_BYTE] > MOST_LEVELS
        || image.length < IMAGE_HEAD + Integer.BYTES * image[LEVELS_BYTE]) {
      throw new IllegalArgumentException("no sketch of quantiles has such a head");
    }
    KllDoublesSketch sketch = KllDoublesSketch.heapify(Memory.wrap(image));
    if (sketch.getSerializedSizeBytes() != image.length) {
      throw new IllegalArgumentException(
          "a sketch of quantiles of "
              + sketch.getSerializedSizeBytes()
              + " bytes has "
              + image.length);
    }
    Quantiles quantiles = of(sketch.getMinItem(), sketch.getK());
    quantiles.sketch = sketch;
    quantiles.filled = 0;
    return quantiles;
  }

  /** Functions that hold values travel with their bytes. */
  private Object writeReplace() {
    return new Travelling(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("quantiles travel as their bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Travelling(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}
