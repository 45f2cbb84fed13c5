package dhara.transforms.sketch;

import dhara.records.ByteForm;
import dhara.transforms.tally.Tally;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.datasketches.hash.MurmurHash3;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Counts distinct items in a few kilobytes, however many there are: a HyperLogLog sketch, as a
 * component of a tally.
 *
 * <pre>{@code
 * record Sums(long events, Distinct users) {}         // new Sums(1, Distinct.of(event.user()))
 * new Viewers(sums.users().count())
 * }</pre>
 *
 * <p><b>Determinism:</b> the value is a function of the set of items: few items are a set of
 * hashes, sorted in the bytes; more are the largest value of each register. In whatever order and
 * parts and however often they were added, the estimate, its bounds and the bytes are the same to
 * the last bit. DataSketches' own sketch does not guarantee this, because it keeps floating-point
 * sums that depend on the order; only the hash function is theirs.
 *
 * <p><b>Error:</b> relative, and it shrinks with the number of registers, 2^{@code lgRegisters}.
 *
 * <ul>
 *   <li>Few items, at most 2^({@code lgRegisters} - 3), 512 by default, are kept as hashes of 32
 *       bits: a standard error of 0.005 %, which is 1 / sqrt(6 * 2^26), because two items have the
 *       same hash with a probability of 1 / (3 * 2^26).
 *   <li>More: a standard error of 1.039 / sqrt(2^{@code lgRegisters}), 1.62 % by default. The
 *       estimator is that of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog
 *       sketches" (2017), algorithm 6: it needs no tables of corrections.
 * </ul>
 *
 * <p>{@link #lowerBound} and {@link #upperBound} hold the true number with a confidence of 68.3 %,
 * 95.4 % or 99.7 % for 1, 2 or 3 standard deviations.
 *
 * <p><b>State:</b> 4 bytes for each item while they are few (up to 16 in memory), then 2^{@code
 * lgRegisters} bytes. <b>Bad data:</b> a null item is a {@link NullPointerException}; the empty
 * text is an item like any other. A number is another item than its text.
 */
public final class Distinct implements Tally<Distinct>, ByteForm, Serializable {

  /** No items. */
  public static final Distinct NONE = new Distinct(0, 0);

  private static final long serialVersionUID = 1L;

  /** It must never change, nor the layout of a hash, because hashes are in savepoints. */
  private static final long SEED = 9001;

  private static final int LG_REGISTERS = 12;
  private static final int LEAST_LG = 7;
  private static final int MOST_LG = 21;

  /** A hash has 26 bits that choose a register, and above them 6 bits for its value. */
  private static final int ADDRESS_BITS = 26;

  private static final int ADDRESS = (1 << ADDRESS_BITS) - 1;

  /** The largest value of a register. */
  private static final int MOST = 63;

  /** Two items have the same hash with a probability of 1 to this. */
  private static final double HASHES = 3.0 * (1 << ADDRESS_BITS);

  /** 1 / (2 ln 2). */
  private static final double ALPHA = 0.7213475204444817;

  /** No text in UTF-8 has this byte. */
  private static final byte[] EMPTY_TEXT = {(byte) 0xFF};

  private static final byte FEW = 0;
  private static final byte MANY = 1;

  private final transient int lgRegisters;

  /** The only hash, if neither {@code few} nor registers are used. */
  private final transient int only;

  /** Distinct hashes: open addressing, at most half full, 0 marks a free slot. */
  private transient int @Nullable [] few;

  private transient int filled;

  private transient byte @Nullable [] registers;

  private Distinct(int lgRegisters, int only) {
    this.lgRegisters = lgRegisters;
    this.only = only;
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
   * @param lgRegisters logarithm to base 2 of the number of registers, 7 to 21; the same for all
   *     that is added up
   */
  public static Distinct of(String item, int lgRegisters) {
    byte[] text = item.getBytes(StandardCharsets.UTF_8);
    return of(MurmurHash3.hash(text.length == 0 ? EMPTY_TEXT : text, SEED), lgRegisters);
  }

  /**
   * One item. A number is another item than its text.
   *
   * @param lgRegisters logarithm to base 2 of the number of registers, 7 to 21; the same for all
   *     that is added up
   */
  public static Distinct of(long item, int lgRegisters) {
    return of(MurmurHash3.hash(new long[] {item}, SEED), lgRegisters);
  }

  private static Distinct of(long[] hash, int lgRegisters) {
    int value = Math.min(Long.numberOfLeadingZeros(hash[1]), MOST - 1) + 1;
    return new Distinct(checked(lgRegisters), (value << ADDRESS_BITS) | ((int) hash[0] & ADDRESS));
  }

  private static int checked(int lgRegisters) {
    if (lgRegisters < LEAST_LG || lgRegisters > MOST_LG) {
      throw new IllegalArgumentException(
          "a distinct count has 2^7 to 2^21 registers, not 2^" + lgRegisters + "; 2^12 are usual");
    }
    return lgRegisters;
  }

  private static int mostOfFew(int lgRegisters) {
    return 1 << (lgRegisters - 3);
  }

  /**
   * The union of both. It may reuse the content of {@code this}, so do not use {@code this} again,
   * unless it is {@link #NONE} or a single item; {@code other} is not modified.
   *
   * @throws IllegalArgumentException if both have items and different numbers of registers
   */
  @Override
  public Distinct plus(Distinct other) {
    if (other.lgRegisters == 0) {
      return this;
    }
    if (lgRegisters == 0 && other.isOne()) {
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
    Distinct sum = this;
    if (lgRegisters == 0 || isOne()) {
      sum = new Distinct(other.lgRegisters, only);
      sum.few = new int[8];
      if (lgRegisters != 0) {
        sum.add(only);
      }
    }
    sum.addAll(other);
    return sum;
  }

  private boolean isOne() {
    return lgRegisters != 0 && few == null && registers == null;
  }

  private void addAll(Distinct other) {
    if (other.registers != null) {
      if (registers == null) {
        toRegisters();
      }
      for (int i = 0; i < registers.length; i++) {
        registers[i] = (byte) Math.max(registers[i], other.registers[i]);
      }
    } else if (other.few != null) {
      for (int hash : other.few) {
        if (hash != 0) {
          add(hash);
        }
      }
    } else {
      add(other.only);
    }
  }

  private void add(int hash) {
    if (registers != null) {
      set(hash);
      return;
    }
    int slot = slot(few, hash);
    if (few[slot] == hash) {
      return;
    }
    if (filled == mostOfFew(lgRegisters)) {
      toRegisters();
      set(hash);
      return;
    }
    few[slot] = hash;
    filled++;
    if (2 * filled > few.length) {
      few = table(few, 2 * few.length);
    }
  }

  /** The slot of a hash, or the free slot for it. */
  private static int slot(int[] table, int hash) {
    int slot = (hash ^ (hash >>> 15)) & (table.length - 1);
    while (table[slot] != 0 && table[slot] != hash) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private static int[] table(int[] hashes, int length) {
    int[] table = new int[length];
    for (int hash : hashes) {
      if (hash != 0) {
        table[slot(table, hash)] = hash;
      }
    }
    return table;
  }

  private void toRegisters() {
    registers = new byte[1 << lgRegisters];
    for (int hash : few) {
      if (hash != 0) {
        set(hash);
      }
    }
    few = null;
    filled = 0;
  }

  private void set(int hash) {
    int register = hash & (registers.length - 1);
    registers[register] = (byte) Math.max(registers[register], hash >>> ADDRESS_BITS);
  }

  /** The estimated number of distinct items; 0 if there are none. */
  public double estimate() {
    if (registers != null) {
      return ofRegisters();
    }
    double hashes = lgRegisters == 0 ? 0 : few == null ? 1 : filled;
    // The expected number of items with the same hash as another one.
    return hashes <= 1 ? hashes : hashes + hashes * hashes / (2 * HASHES);
  }

  private double ofRegisters() {
    int[] withValue = new int[MOST + 1];
    for (byte value : registers) {
      withValue[value]++;
    }
    double all = registers.length;
    double z = all * tau(1 - withValue[MOST] / all);
    for (int value = MOST - 1; value >= 1; value--) {
      z = 0.5 * (z + withValue[value]);
    }
    z += all * sigma(withValue[0] / all);
    return ALPHA * all * all / z;
  }

  /** Ertl's sigma, for the share of registers that are not set. */
  private static double sigma(double part) {
    if (part == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = part;
    double y = 1;
    double z = part;
    double before;
    do {
      before = z;
      x *= x;
      z += x * y;
      y += y;
    } while (z != before);
    return z;
  }

  /** Ertl's tau, for the share of registers below the largest value. */
  private static double tau(double part) {
    if (part == 0 || part == 1) {
      return 0;
    }
    double x = part;
    double y = 1;
    double z = 1 - part;
    double before;
    do {
      before = z;
      x = Math.sqrt(x);
      y *= 0.5;
      z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
  }

  /** The estimate, rounded. */
  public long count() {
    return Math.round(estimate());
  }

  /**
   * A lower bound of the number of items.
   *
   * @param standardDeviations 1, 2 or 3
   */
  public double lowerBound(int standardDeviations) {
    return estimate() / (1 + checkedDeviations(standardDeviations) * standardError());
  }

  /**
   * An upper bound of the number of items.
   *
   * @param standardDeviations 1, 2 or 3
   */
  public double upperBound(int standardDeviations) {
    return estimate() / (1 - checkedDeviations(standardDeviations) * standardError());
  }

  private static int checkedDeviations(int standardDeviations) {
    if (standardDeviations < 1 || standardDeviations > 3) {
      throw new IllegalArgumentException(
          "bounds are of 1, 2 or 3 standard deviations, not " + standardDeviations);
    }
    return standardDeviations;
  }

  private double standardError() {
    return registers == null ? 1 / Math.sqrt(2 * HASHES) : 1.039 / Math.sqrt(registers.length);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The logarithm of the number of registers, then 0 and the hashes in order, or 1 and the
   * registers.
   */
  @Override
  public byte[] toBytes() {
    if (lgRegisters == 0) {
      return new byte[0];
    }
    if (registers != null) {
      ByteBuffer bytes = ByteBuffer.allocate(2 + registers.length);
      return bytes.put((byte) lgRegisters).put(MANY).put(registers).array();
    }
    int[] hashes =
        few == null
            ? new int[] {only}
            : Arrays.stream(few).filter(hash -> hash != 0).sorted().toArray();
    ByteBuffer bytes = ByteBuffer.allocate(2 + Integer.BYTES * hashes.length);
    bytes.put((byte) lgRegisters).put(FEW).asIntBuffer().put(hashes);
    return bytes.array();
  }

  /**
   * The value of these bytes.
   *
   * @throws IllegalArgumentException if {@link #toBytes} did not produce them
   */
  public static Distinct fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    int lgRegisters = checked(bytes[0]);
    int length = bytes.length - 2;
    Distinct distinct = new Distinct(lgRegisters, 0);
    if (length == 1 << lgRegisters && bytes[1] == MANY) {
      distinct.registers = Arrays.copyOfRange(bytes, 2, bytes.length);
      for (byte value : distinct.registers) {
        if (value < 0 || value > MOST) {
          throw new IllegalArgumentException("no distinct count has a register of " + value);
        }
      }
      return distinct;
    }
    int number = length / Integer.BYTES;
    if (number < 1
        || number > mostOfFew(lgRegisters)
        || length % Integer.BYTES != 0
        || bytes[1] != FEW) {
      throw new IllegalArgumentException("no distinct count has " + bytes.length + " bytes");
    }
    int[] hashes = new int[number];
    ByteBuffer.wrap(bytes, 2, length).asIntBuffer().get(hashes);
    for (int i = 0; i < number; i++) {
      if (hashes[i] >>> ADDRESS_BITS == 0 || (i > 0 && hashes[i - 1] >= hashes[i])) {
        throw new IllegalArgumentException("the hashes of a distinct count are not in order");
      }
    }
    distinct.few = table(hashes, Integer.highestOneBit(Math.max(4, number)) * 4);
    distinct.filled = number;
    return distinct;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Distinct that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "about " + count() + " different";
  }

  /** Java serialization writes the bytes, for functions that hold a value. */
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
