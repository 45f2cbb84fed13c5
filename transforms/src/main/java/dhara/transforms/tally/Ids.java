package dhara.transforms.tally;

import dhara.records.ByteForm;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A set of distinct texts, exact up to a bound, as a component of a tally: for example the orders
 * of a minute, or the categories of a session. If there may be millions, use {@code Distinct},
 * which counts them in a few kilobytes.
 *
 * <pre>{@code
 * record Sums(Ids orders) {}                           // new Sums(Ids.of(line.order(), 100_000))
 * new Metrics(sums.orders().count())
 * }</pre>
 *
 * <p><b>The bound:</b> if there are more than {@code most} distinct texts, the first {@code most}
 * in their order are kept, whatever the order of arrival. Then {@link #isExact} is false and {@link
 * #count} is a lower bound.
 *
 * <p><b>State:</b> the texts, at most {@code most}. <b>Bad data:</b> a null is a {@link
 * NullPointerException}; the empty text is a text. An unpaired surrogate counts as a question mark,
 * as in every UTF-8 encoding of the text.
 */
public final class Ids implements Tally<Ids>, ByteForm, Serializable {

  /** No texts. */
  public static final Ids NONE = new Ids(0, "", null, true);

  private static final long serialVersionUID = 1L;

  private final transient int most;

  /** The only text, if there is no set. */
  private final transient String only;

  /** All texts; {@link #plus} modifies it. A hash set while exact, then a sorted set. */
  private transient @Nullable Set<String> texts;

  private transient boolean exact;

  private Ids(int most, String only, @Nullable Set<String> texts, boolean exact) {
    this.most = most;
    this.only = only;
    this.texts = texts;
    this.exact = exact;
  }

  /**
   * One text.
   *
   * @param most how many different texts are kept, at least 1; the same for all that is added up
   */
  public static Ids of(String text, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a set of ids keeps at least 1, not " + most);
    }
    return new Ids(most, wellFormed(text), null, true);
  }

  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  /**
   * The texts of both. It may reuse the content of {@code this}, so do not use {@code this} again,
   * unless it is {@link #NONE} or a single text; {@code other} is not modified.
   *
   * @throws IllegalArgumentException if both have texts and different bounds
   */
  @Override
  public Ids plus(Ids other) {
    if (other.most == 0) {
      return this;
    }
    if (most == 0 && other.texts == null) {
      return other;
    }
    if (most != 0 && most != other.most) {
      throw new IllegalArgumentException(
          "sets of at most "
              + most
              + " and "
              + other.most
              + " ids do not add up; make both with one bound");
    }
    Ids sum = texts == null ? new Ids(other.most, only, new HashSet<>(), true) : this;
    if (texts == null && most != 0) {
      sum.add(only);
    }
    if (other.texts == null) {
      sum.add(other.only);
    } else {
      if (!other.exact) {
        sum.cut();
      }
      other.texts.forEach(sum::add);
    }
    return sum;
  }

  private void add(String text) {
    texts.add(text);
    if (texts.size() > most) {
      cut();
      ((TreeSet<String>) texts).pollLast();
    }
  }

  /** Sorts the texts; from now on each new text evicts the last one. */
  private void cut() {
    if (exact) {
      exact = false;
      texts = new TreeSet<>(texts);
    }
  }

  /** The number of distinct texts; a lower bound if this is not exact. */
  public long count() {
    return most == 0 ? 0 : texts == null ? 1 : texts.size();
  }

  /** Whether all texts are kept, because there are no more than the bound. */
  public boolean isExact() {
    return exact;
  }

  /** The texts, in their order. */
  public List<String> sorted() {
    return kept().stream().sorted().toList();
  }

  private Set<String> kept() {
    return most == 0 ? Set.of() : texts == null ? Set.of(only) : Collections.unmodifiableSet(texts);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The bound, whether it is exact, and the texts in their order, each preceded by its length.
   */
  @Override
  public byte[] toBytes() {
    if (most == 0) {
      return new byte[0];
    }
    byte[][] all = sortedBytes();
    int length = Integer.BYTES + 1;
    for (byte[] text : all) {
      length += Integer.BYTES + text.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).putInt(most).put((byte) (exact ? 1 : 0));
    for (byte[] text : all) {
      bytes.putInt(text.length).put(text);
    }
    return bytes.array();
  }

  /** The texts in their order. Most sets have one, and are written for each key of each bundle. */
  private byte[][] sortedBytes() {
    if (texts == null) {
      return new byte[][] {only.getBytes(StandardCharsets.UTF_8)};
    }
    String[] sorted = texts.toArray(new String[0]);
    Arrays.sort(sorted);
    byte[][] all = new byte[sorted.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = sorted[i].getBytes(StandardCharsets.UTF_8);
    }
    return all;
  }

  /**
   * The texts of these bytes.
   *
   * @throws IllegalArgumentException if {@link #toBytes} did not produce them
   */
  public static Ids fromBytes(byte[] bytes) {
    if (bytes.length == 0) {
      return NONE;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 2 * Integer.BYTES + 1) {
      throw new IllegalArgumentException("a set of ids ends after " + bytes.length + " bytes");
    }
    int most = in.getInt();
    boolean exact = in.get() == 1;
    String first = text(in);
    if (exact && most > 0 && !in.hasRemaining()) {
      return new Ids(most, first, null, true);
    }
    Set<String> texts = exact ? new HashSet<>() : new TreeSet<>();
    texts.add(first);
    while (in.hasRemaining()) {
      texts.add(text(in));
    }
    if (texts.size() > most) {
      throw new IllegalArgumentException("a set of at most " + most + " ids has " + texts.size());
    }
    return new Ids(most, "", texts, exact);
  }

  private static String text(ByteBuffer in) {
    int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a set of ids breaks off");
    }
    byte[] text = new byte[length];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ids that
        && most == that.most
        && exact == that.exact
        && kept().equals(that.kept());
  }

  @Override
  public int hashCode() {
    return kept().hashCode();
  }

  @Override
  public String toString() {
    return (exact ? "" : "at least ") + sorted();
  }

  /** Java serialization writes the bytes, for functions that hold a value. */
  private Object writeReplace() {
    return new Travelling(toBytes());
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a set of ids travels as its bytes");
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Travelling(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return fromBytes(bytes);
    }
  }
}
