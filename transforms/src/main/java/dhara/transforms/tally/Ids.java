package dhara.transforms.tally;

import dhara.records.ByteForm;
import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.CoderException;
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
  public static final Ids NONE = new Ids(0, null, new TextTable(), null);

  private static final long serialVersionUID = 1L;

  private static final byte EXACT = 1;

  private final transient int most;

  /** The only text. If it is null, the texts are in {@code cut}; if that is null, in the table. */
  private final transient @Nullable String only;

  /** All texts; {@link #plus} modifies it. */
  private transient @Nullable TextTable all;

  /**
   * The first texts in their order, if there are more than the bound; {@link #plus} modifies it.
   */
  private transient @Nullable NavigableSet<String> cut;

  private Ids(
      int most,
      @Nullable String only,
      @Nullable TextTable all,
      @Nullable NavigableSet<String> cut) {
    this.most = most;
    this.only = only;
    this.all = all;
    this.cut = cut;
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
    return new Ids(most, Objects.requireNonNull(text), null, null);
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
    if (most == 0) {
      return other.copy();
    }
    if (most != other.most) {
      throw new IllegalArgumentException(
          "sets of at most "
              + most
              + " and "
              + other.most
              + " ids do not add up; make both with one bound");
    }
    Ids sum = this;
    if (only != null) {
      sum = new Ids(most, null, new TextTable(), null);
      sum.all.add(only);
    }
    sum.addAll(other);
    return sum;
  }

  private Ids copy() {
    return only != null
        ? this
        : new Ids(
            most, null, cut == null ? all.copy() : null, cut == null ? null : new TreeSet<>(cut));
  }

  private void addAll(Ids other) {
    if (cut == null && other.cut == null) {
      if (other.only != null) {
        all.add(other.only);
      } else {
        other.all.forEach(all::add);
      }
      if (all.size() > most) {
        cutAt(new TreeSet<>(sorted()));
      }
    } else {
      NavigableSet<String> both = cut == null ? new TreeSet<>(sorted()) : cut;
      both.addAll(other.sorted());
      cutAt(both);
    }
  }

  private void cutAt(NavigableSet<String> texts) {
    while (texts.size() > most) {
      texts.pollLast();
    }
    cut = texts;
    all = null;
  }

  /** The number of distinct texts; a lower bound if this is not exact. */
  public long count() {
    return only != null ? 1 : cut != null ? cut.size() : all.size();
  }

  /** Whether all texts are kept, because there are no more than the bound. */
  public boolean isExact() {
    return cut == null;
  }

  /** The texts, in their order. */
  public List<String> sorted() {
    if (cut != null) {
      return List.copyOf(cut);
    }
    List<String> texts = new ArrayList<>();
    table()
        .forEach(
            (bytes, from, length) ->
                texts.add(new String(bytes, from, length, StandardCharsets.UTF_8)));
    Collections.sort(texts);
    return Collections.unmodifiableList(texts);
  }

  private TextTable table() {
    if (only == null && cut == null) {
      return all;
    }
    TextTable table = new TextTable();
    (cut == null ? List.of(only) : cut).forEach(table::add);
    return table;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The bound, whether it is exact, and the texts in the order of their hashes, each preceded by
   * its length.
   */
  @Override
  public byte[] toBytes() {
    if (most == 0) {
      return new byte[0];
    }
    RecordOutput out = new RecordOutput(64);
    out.writeVarint(most);
    out.write(isExact() ? EXACT : 0);
    table().writeTo(out);
    return Arrays.copyOf(out.bytes(), out.size());
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
    RecordInput in = new RecordInput(bytes, 0, bytes.length);
    int most;
    try {
      most = Math.toIntExact(in.readVarint());
    } catch (CoderException | ArithmeticException e) {
      throw new IllegalArgumentException("a set of ids has no bound", e);
    }
    boolean exact = in.read() == EXACT;
    TextTable all =
        new TextTable(Arrays.copyOfRange(bytes, bytes.length - in.available(), bytes.length));
    if (all.size() == 0) {
      throw new IllegalArgumentException("a set of ids ends after " + bytes.length + " bytes");
    }
    if (all.size() > most) {
      throw new IllegalArgumentException("a set of at most " + most + " ids has " + all.size());
    }
    Ids read = new Ids(most, null, all, null);
    if (!exact) {
      read.cutAt(new TreeSet<>(read.sorted()));
    }
    return read;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ids that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return (isExact() ? "" : "at least ") + sorted();
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
