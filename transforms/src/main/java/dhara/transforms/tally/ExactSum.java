package dhara.transforms.tally;

import dhara.records.ByteForm;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The exact sum of floating-point numbers, and their count, as a component of a tally. A sum of
 * {@code double}s depends on the order; this sum is exact and rounded once, when it is read.
 *
 * <pre>{@code
 * record Sums(ExactSum celsius) {}                     // new Sums(ExactSum.of(reading.celsius()))
 * new Answer(sums.celsius().average())
 * }</pre>
 *
 * <p><b>How:</b> a number is a multiple of 2^-1088, and these multiples are added up in digits of
 * 32 bits, of which only the used ones are kept.
 *
 * <p><b>State:</b> 8 bytes for each digit in memory, 4 when encoded: three or four for numbers of
 * one magnitude, 68 at most. <b>Bad data:</b> NaN and infinite numbers are refused.
 */
public final class ExactSum implements Tally<ExactSum>, ByteForm, Serializable {

  /** Of no numbers. */
  public static final ExactSum NONE = new ExactSum(0, 0);

  private static final long serialVersionUID = 1L;

  /** The unit is 2 to this. */
  private static final int UNIT = -1088;

  private static final int DIGIT = 32;
  private static final long MASK = 0xFFFFFFFFL;

  /** A number adds less than 2^33 to a digit, so this many numbers do not overflow a long. */
  private static final int MOST_ADDED = 1 << 29;

  private final transient double first;
  private transient long count;

  /** Digits, each of either sign and possibly beyond 32 bits; null for one or no number. */
  private transient long @Nullable [] digits;

  /** The place of the first of {@link #digits}. */
  private transient int lowest;

  /** How many numbers were added since all digits were below 2^32. */
  private transient int added;

  private ExactSum(double first, long count) {
    this.first = first;
    this.count = count;
  }

  /**
   * One number.
   *
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static ExactSum of(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(number + " does not add up; leave it out");
    }
    return new ExactSum(number, 1);
  }

  /**
   * The sum of both. It may reuse the content of {@code this}, so do not use {@code this} again,
   * unless it is {@link #NONE} or a single number; {@code other} is not modified.
   */
  @Override
  public ExactSum plus(ExactSum other) {
    if (other.count == 0) {
      return this;
    }
    if (count == 0 && other.digits == null) {
      return other;
    }
    ExactSum sum = this;
    if (digits == null) {
      sum = new ExactSum(0, count);
      sum.digits = new long[0];
      sum.add(first);
    }
    sum.count = Math.addExact(sum.count, other.count);
    if (other.digits == null) {
      sum.add(other.first);
    } else {
      sum.add(other.added <= MOST_ADDED / 2 ? other : ofUnits(other.units(), other.count));
    }
    return sum;
  }

  private void add(double number) {
    if (number == 0) {
      return;
    }
    settle(1);
    long bits = Double.doubleToRawLongBits(number);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & ((1L << 52) - 1);
    long whole = exponent == 0 ? fraction : fraction | (1L << 52);
    int place = Math.max(1, exponent) - 1075 - UNIT;
    int shift = place % DIGIT;
    long low = (whole & MASK) << shift;
    long high = (whole >>> DIGIT) << shift;
    int sign = bits < 0 ? -1 : 1;
    int at = room(place / DIGIT, 3);
    digits[at] += sign * (low & MASK);
    digits[at + 1] += sign * ((low >>> DIGIT) + (high & MASK));
    digits[at + 2] += sign * (high >>> DIGIT);
  }

  private void add(ExactSum other) {
    settle(other.added + 1);
    int at = room(other.lowest, other.digits.length);
    for (int i = 0; i < other.digits.length; i++) {
      digits[at + i] += other.digits[i];
    }
  }

  /** Makes room for the digit of a place and those above it, and returns its index. */
  private int room(int place, int number) {
    if (digits.length == 0) {
      lowest = place;
      digits = new long[number];
    } else if (place < lowest || place + number > lowest + digits.length) {
      int newLowest = Math.min(place, lowest);
      int end = Math.max(place + number, lowest + digits.length);
      long[] wider = new long[end - newLowest];
      System.arraycopy(digits, 0, wider, lowest - newLowest, digits.length);
      digits = wider;
      lowest = newLowest;
    }
    return place - lowest;
  }

  /** Carries, so that the digits have room for this many more numbers. */
  private void settle(int more) {
    if (added + more > MOST_ADDED) {
      ExactSum same = ofUnits(units(), count);
      digits = same.digits;
      lowest = same.lowest;
      added = 0;
    }
    added += more;
  }

  /** The sum as a whole number of units. */
  private BigInteger units() {
    BigInteger units = BigInteger.ZERO;
    for (int i = digits.length - 1; i >= 0; i--) {
      units = units.shiftLeft(DIGIT).add(BigInteger.valueOf(digits[i]));
    }
    return units.shiftLeft(lowest * DIGIT);
  }

  private static ExactSum ofUnits(BigInteger units, long count) {
    ExactSum sum = new ExactSum(0, count);
    BigInteger magnitude = units.abs();
    sum.lowest = Math.max(0, magnitude.getLowestSetBit()) / DIGIT;
    magnitude = magnitude.shiftRight(sum.lowest * DIGIT);
    sum.digits = new long[(magnitude.bitLength() + DIGIT - 1) / DIGIT];
    for (int i = 0; i < sum.digits.length; i++) {
      sum.digits[i] = units.signum() * (magnitude.longValue() & MASK);
      magnitude = magnitude.shiftRight(DIGIT);
    }
    return sum;
  }

  /** How many numbers there are. */
  public long count() {
    return count;
  }

  /**
   * The double nearest to the sum; 0 if there are no numbers, infinite beyond the largest double.
   */
  public double sum() {
    if (digits == null) {
      return first;
    }
    BigInteger units = units();
    // More than the 53 bits of a double, and a sticky bit for the rest.
    int dropped = Math.max(0, units.bitLength() - 70);
    BigInteger head = units.abs().shiftRight(dropped);
    if (dropped > 0 && units.getLowestSetBit() < dropped) {
      head = head.setBit(0);
    }
    return units.signum() * Math.scalb(head.doubleValue(), dropped + UNIT);
  }

  /** {@code sum() / count()}; 0 of no numbers. */
  public double average() {
    return count == 0 ? 0 : sum() / count;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The count, the number of trailing zero bits of the sum in units, and the rest of the sum.
   */
  @Override
  public byte[] toBytes() {
    if (count == 0) {
      return new byte[0];
    }
    BigInteger units = digits == null ? new ExactSum(0, 0).with(first).units() : units();
    int zeros = Math.max(0, units.getLowestSetBit());
    byte[] rest = units.shiftRight(zeros).toByteArray();
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + Short.BYTES + rest.length);
    return bytes.putLong(count).putShort((short) zeros).put(rest).array();
  }

  private ExactSum with(double number) {
    digits = new long[0];
    add(number);
    return this;
  }

  /**
   * The sum of these bytes.
   *
   * @throws IllegalArgumentException if {@link #toBytes} did not produce them
   */
  public static ExactSum fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length <= Long.BYTES + Short.BYTES) {
      throw new IllegalArgumentException("an exact sum ends after " + bytes.length + " bytes");
    }
    long count = in.getLong();
    int zeros = in.getShort();
    BigInteger rest = new BigInteger(bytes, in.position(), in.remaining());
    // The largest sum is that of 2^63 largest doubles.
    if (count < 1 || zeros < 0 || rest.bitLength() + zeros > 1024 - UNIT + 63) {
      throw new IllegalArgumentException(
          "no exact sum: " + count + " numbers, " + zeros + " zeros");
    }
    return ofUnits(rest.shiftLeft(zeros), count);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExactSum that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return sum() + " of " + count;
  }

  /** Java serialization writes the bytes, for functions that hold a value. */
  private Object writeReplace() {
    return new Travelling(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("an exact sum travels as its bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Travelling(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}
