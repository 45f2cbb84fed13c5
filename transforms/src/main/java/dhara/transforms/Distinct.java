package dhara.transforms;

import dhara.records.ByteForm;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How many different items there are, in a few kilobytes however many they be: a HyperLogLog sketch
 * of Apache DataSketches, as a component of a {@link Tally}.
 *
 * <pre>{@code
 * record Playbacks(long events, Distinct users) implements Tally<Playbacks> {
 *   static final Playbacks ZERO = new Playbacks(0, Distinct.NONE);
 *
 *   static Playbacks of(Playback event) {
 *     return new Playbacks(1, Distinct.of(event.user()));
 *   }
 *
 *   public Playbacks plus(Playbacks other) {
 *     return new Playbacks(events + other.events, users.plus(other.users));
 *   }
 * }
 * }</pre>
 *
 * <p><b>Determinism:</b> the value is a function of the set of items. In whatever order, how often
 * and in whatever parts they were added, the estimate, its bounds and the bytes are the same to the
 * last bit. So the more accurate estimator of DataSketches that looks at the order of arrival (HIP)
 * is never asked; the composite estimator is.
 *
 * <p><b>Error:</b> relative, and it shrinks with the number of registers, 2^{@code lgRegisters}.
 *
 * <ul>
 *   <li>Few items, at most 3/4 of 2^({@code lgRegisters} - 3), which is 384 by default (7 if {@code
 *       lgRegisters} is below 8), are kept as hashes of 32 bits: a standard error of 0.005 % (0.409
 *       / 2^13; {@code HllUtil.COUPON_RSE} of DataSketches).
 *   <li>More: a standard error of 1.039 / sqrt(2^{@code lgRegisters}), 1.62 % by default ({@code
 *       HllUtil.HLL_NON_HIP_RSE_FACTOR} = sqrt(3 ln 2 - 1)); up to {@code lgRegisters} 12 the
 *       bounds are those that DataSketches measured, {@code BaseHllSketch.getRelErr}.
 * </ul>
 *
 * <p>{@link #lowerBound} and {@link #upperBound} hold the true number with a confidence of 68.3 %,
 * 95.4 % or 99.7 % for 1, 2 or 3 standard deviations.
 *
 * <p><b>State:</b> an item until a second one comes, then 4 bytes for each, at most 2^{@code
 * lgRegisters} bytes and 40 more. The bytes are a compact HLL_8 image of DataSketches, which every
 * {@code HllSketch.heapify} reads, in every language. <b>Bad data:</b> a null item is a {@link
 * NullPointerException}; the empty text is an item like any other.
 */
public final class Distinct implements ByteForm, Serializable {

  /** No items. */
  public static final Distinct NONE = new Distinct(0, null, null);

  private static final long serialVersionUID = 1L;

  /** The default of DataSketches too. */
  private static final int LG_REGISTERS = 12;

  // Where an image of DataSketches has what; see its PreambleUtil.
  private static final int LG_K_BYTE = 3;
  private static final int LG_ARRAY_BYTE = 4;
  private static final int FLAGS_BYTE = 5;
  private static final int COUNT_BYTE = 6;
  private static final int MODE_BYTE = 7;
  private static final int LIST_START = 8;
  private static final int SET_START = 12;
  private static final int REGISTERS_START = 40;
  private static final int COMPACT = 8;
  private static final int OUT_OF_ORDER = 16;
  private static final int REBUILD = 32;
  private static final int LIST = 8;
  private static final int SET = 9;
  private static final int REGISTERS = 10;

  /** DataSketches passes over empty arrays; no text has this byte in UTF-8. */
  private static final byte[] EMPTY_TEXT = {(byte) 0xFF};

  private final transient int lgRegisters;

  /** The only item, a Long or bytes, or null. */
  private final transient @Nullable Object only;

  /** All items, if there is no only one; {@link #plus} adds to it. */
  private final transient @Nullable Union all;

  private Distinct(int lgRegisters, @Nullable Object only, @Nullable Union all) {
    this.lgRegisters = lgRegisters;
    this.only = only;
    this.all = all;
  }

  /** One item. */
  public static Distinct of(String item) {
    return of(item, LG_REGISTERS);
  }

  /** One item. A number is another item than its text. */
  public static Distinct of(long item) {
    return of(item, LG_REGISTERS);
  }

  /**
   * One item.
   *
   * @param lgRegisters logarithm to base 2 of the number of registers, 4 to 21; the same for all
   *     that is added up
   */
  public static Distinct of(String item, int lgRegisters) {
    byte[] text = item.getBytes(StandardCharsets.UTF_8);
    return new Distinct(checked(lgRegisters), text.length == 0 ? EMPTY_TEXT : text, null);
  }

  /**
   * One item. A number is another item than its text.
   *
   * @param lgRegisters logarithm to base 2 of the number of registers, 4 to 21; the same for all
   *     that is added up
   */
  public static Distinct of(long item, int lgRegisters) {
    return new Distinct(checked(lgRegisters), item, null);
  }

  private static int checked(int lgRegisters) {
    if (lgRegisters < 4 || lgRegisters > 21) {
      throw new IllegalArgumentException(
          "a distinct count has 2^4 to 2^21 registers, not 2^" + lgRegisters + "; 2^12 are usual");
    }
    return lgRegisters;
  }

  /**
   * The items of both. What {@code this} holds may be reused, so {@code this} must not be used
   * again, unless it is {@link #NONE} or a single item; {@code other} is left as it was.
   *
   * @throws IllegalArgumentException where both have items, and another number of registers
   */
  public Distinct plus(Distinct other) {
    if (other.lgRegisters == 0) {
      return this;
    }
    if (lgRegisters == 0 && other.all == null) {
      return other;
    }
    if (lgRegisters != 0 && lgRegisters != other.lgRegisters) {
      throw new IllegalArgumentException(
          "distinct counts of 2^"
              + lgRegisters
              + " and 2^"
              + other.lgRegisters
              + " registers cannot be added up; make both with the same number");
    }
    Union sum = all == null ? new Union(other.lgRegisters) : all;
    if (all == null) {
      addTo(sum);
    }
    other.addTo(sum);
    return all == null ? new Distinct(other.lgRegisters, null, sum) : this;
  }

  private void addTo(Union sum) {
    if (only instanceof Long number) {
      sum.update(number);
    } else if (only instanceof byte[] text) {
      sum.update(text);
    } else if (all != null) {
      sum.update(all.getResult(TgtHllType.HLL_8));
    }
  }

  /** The estimated number of different items; 0 of none. */
  public double estimate() {
    return lgRegisters == 0 ? 0 : canonical().getEstimate();
  }

  /** The estimate, rounded. */
  public long count() {
    return Math.round(estimate());
  }

  /**
   * The least number of items that there may be.
   *
   * @param standardDeviations 1, 2 or 3
   */
  public double lowerBound(int standardDeviations) {
    return lgRegisters == 0 ? 0 : canonical().getLowerBound(standardDeviations);
  }

  /**
   * The greatest number of items that there may be.
   *
   * @param standardDeviations 1, 2 or 3
   */
  public double upperBound(int standardDeviations) {
    return lgRegisters == 0 ? 0 : canonical().getUpperBound(standardDeviations);
  }

  /** Knows nothing of the order in which items came, so neither do its estimate and bounds. */
  private HllSketch canonical() {
    return HllSketch.heapify(toBytes());
  }

  /**
   * {@inheritDoc}
   *
   * <p>An image of DataSketches without what the order of arrival left in it: hashes are sorted,
   * and of registers only these are kept. A reader is told to compute the rest, and not to use the
   * estimator that depends on the order.
   */
  @Override
  public byte[] toBytes() {
    if (lgRegisters == 0) {
      return new byte[0];
    }
    byte[] image;
    if (all == null) {
      HllSketch sketch = new HllSketch(lgRegisters, TgtHllType.HLL_8);
      if (only instanceof Long number) {
        sketch.update(number);
      } else {
        sketch.update((byte[]) only);
      }
      image = sketch.toCompactByteArray();
    } else {
      image = all.toCompactByteArray();
    }
    image[LG_ARRAY_BYTE] = 0;
    switch (image[MODE_BYTE]) {
      case LIST -> sort(image, LIST_START);
      case SET -> sort(image, SET_START);
      default -> {
        image[FLAGS_BYTE] = COMPACT | OUT_OF_ORDER | REBUILD;
        image[COUNT_BYTE] = 0;
        Arrays.fill(image, LIST_START, REGISTERS_START, (byte) 0);
        return image;
      }
    }
    image[FLAGS_BYTE] = COMPACT;
    return image;
  }

  private static void sort(byte[] image, int start) {
    IntBuffer hashes = ints(image, start);
    int[] sorted = new int[hashes.remaining()];
    hashes.get(sorted);
    Arrays.sort(sorted);
    ints(image, start).put(sorted);
  }

  /** In the order of this machine, as DataSketches writes. */
  private static IntBuffer ints(byte[] image, int start) {
    return ByteBuffer.wrap(image, start, image.length - start)
        .order(ByteOrder.nativeOrder())
        .asIntBuffer();
  }

  /**
   * The value of these bytes.
   *
   * @throws IllegalArgumentException where they are none that {@link #toBytes} gave
   */
  public static Distinct fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    // DataSketches reads past the end of an array that is too short.
    if (bytes.length < SET_START) {
      throw new IllegalArgumentException("a distinct count ends after " + bytes.length + " bytes");
    }
    int lgRegisters = checked(bytes[LG_K_BYTE]);
    long length =
        switch (bytes[MODE_BYTE]) {
          case LIST -> LIST_START + 4L * Byte.toUnsignedInt(bytes[COUNT_BYTE]);
          case SET -> SET_START + 4L * Integer.toUnsignedLong(ints(bytes, LIST_START).get(0));
          case REGISTERS -> REGISTERS_START + (1L << lgRegisters);
          default -> throw new IllegalArgumentException("no distinct count: " + head(bytes));
        };
    if (bytes.length != length || (bytes[FLAGS_BYTE] & COMPACT) == 0) {
      throw new IllegalArgumentException(
          "no distinct count: of " + bytes.length + " bytes, not " + length + ", " + head(bytes));
    }
    // Union.heapify would leave undone what the image tells a reader to compute.
    Union all = new Union(lgRegisters);
    all.update(HllSketch.heapify(bytes));
    return new Distinct(lgRegisters, null, all);
  }

  private static String head(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, 0, LIST_START);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Distinct that
        && lgRegisters == that.lgRegisters
        && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "about " + count() + " different";
  }

  /** Functions that hold a value travel with its bytes. */
  private Object writeReplace() {
    return new Travelling(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a distinct count travels as its bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Travelling(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}
