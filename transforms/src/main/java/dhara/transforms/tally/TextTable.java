package dhara.transforms.tally;

import dhara.records.KeyedHash;
import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.beam.sdk.coders.CoderException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A set of texts as UTF-8 in one array, with an index of hashes beside it, so the collector has no
 * objects to follow. For each text the array has its hash and its length, four bytes each, and its
 * bytes.
 *
 * <p>A table that was read stays packed, as it was written, until a text is added. Most tables that
 * are read are only added to another, or written again.
 *
 * <p>The hashes are the same in every process, so that whoever sends events may choose texts with
 * equal ones. If a text is looked for in too many slots of the index, its hashes become those of
 * {@link KeyedHash}.
 */
final class TextTable {

  /** Takes the bytes of a text, valid until the next change. */
  @FunctionalInterface
  interface TextTaker {
    void take(byte[] bytes, int from, int length);
  }

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int HEAD = 2 * Integer.BYTES;

  private static final byte[] NONE = new byte[0];

  /** So few texts are found without an index. */
  private static final int FEW = 8;

  /** The most slots of the index that are looked at for a text. */
  private static final int MOST_SLOTS = 128;

  /** As it was read, if nothing was added since. */
  private byte @Nullable [] packed;

  private byte[] texts = NONE;
  private int end;
  private int size;

  /**
   * The hash of a text, and where it begins plus one; open addressing, at most half full. With the
   * hash here, a text that is new is seldom compared with others, which would wait for memory.
   */
  private long[] index = new long[0];

  /** Whether the hashes of the index are keyed. */
  private boolean keyed;

  /** An empty table. */
  TextTable() {}

  /**
   * The texts of these bytes, all of them different.
   *
   * @throws IllegalArgumentException if they are not what {@link #writeTo} writes
   */
  TextTable(byte[] packed) {
    this.packed = packed;
    forEach((bytes, from, length) -> size++);
  }

  /** The same texts; neither table sees what is added to the other. */
  TextTable copy() {
    TextTable copy = new TextTable();
    if (packed == null) {
      forEach(copy::add);
    } else {
      copy.packed = packed;
      copy.size = size;
    }
    return copy;
  }

  /** How many texts there are. */
  int size() {
    return size;
  }

  /** Adds a text; an unpaired surrogate becomes a question mark. */
  void add(String text) {
    unpack();
    int length = text.length();
    byte[] room = room(length);
    int start = end + HEAD;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes, 0, bytes.length);
        return;
      }
      room[start + i] = (byte) c;
    }
    addLast(length);
  }

  /** Adds a text. */
  void add(byte[] bytes, int from, int length) {
    unpack();
    byte[] room = room(length);
    System.arraycopy(bytes, from, room, end + HEAD, length);
    addLast(length);
  }

  private void unpack() {
    byte[] read = packed;
    if (read != null) {
      packed = null;
      size = 0;
      texts = new byte[Math.max(64, read.length)];
      forEachOf(read, this::add);
    }
  }

  /** Makes room for a text at the end. */
  private byte[] room(int length) {
    int needed = Math.addExact(end + HEAD, length);
    if (needed > texts.length) {
      texts =
          Arrays.copyOf(texts, Math.max(needed, Math.max(64, Math.multiplyExact(texts.length, 2))));
    }
    return texts;
  }

  /** A hash of a text, eight bytes at a time: the same in every process. */
  static int hash(byte[] bytes, int from, int length) {
    long hash = length;
    int at = from;
    for (int end = from + length - Long.BYTES; at <= end; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONG.get(bytes, at));
    }
    long rest = 0;
    for (; at < from + length; at++) {
      rest = rest << Byte.SIZE | (bytes[at] & 0xFF);
    }
    return (int) mixed(hash ^ rest);
  }

  private static long mixed(long bits) {
    long product = (bits ^ (bits >>> Integer.SIZE)) * 0x9E3779B97F4A7C15L;
    return product ^ (product >>> Integer.SIZE);
  }

  /** Keeps the text that was written behind the last one, unless there is an equal one. */
  private void addLast(int length) {
    int start = end + HEAD;
    int hash = hash(texts, start, length);
    INT.set(texts, end, hash);
    INT.set(texts, end + Integer.BYTES, length);
    if (size < FEW) {
      for (int at = 0; at < end; at += HEAD + length(at)) {
        if (isAt(at, hash, length)) {
          return;
        }
      }
    } else {
      if (size * 2 >= index.length) {
        index(Math.max(4 * FEW, Math.multiplyExact(index.length, 2)));
      }
      int slot = slot(hash, length);
      if (index[slot] != 0) {
        return;
      }
      index[slot] = hashAndPlace(keyed ? keyedHash(end) : hash, end + 1);
    }
    end = start + length;
    size++;
  }

  /** The slot of the text behind the last one, or the free slot for it. */
  private int slot(int hash, int length) {
    int tag = keyed ? keyedHash(end) : hash;
    int mask = index.length - 1;
    int slot = tag & mask;
    for (int left = MOST_SLOTS; index[slot] != 0; left--) {
      long tagAndPlace = index[slot];
      if ((int) (tagAndPlace >>> Integer.SIZE) == tag
          && isAt((int) tagAndPlace - 1, hash, length)) {
        return slot;
      }
      if (left == 0 && !keyed) {
        keyed = true;
        index(index.length);
        return slot(hash, length);
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int keyedHash(int at) {
    return KeyedHash.of(texts, at + HEAD, length(at));
  }

  /** Whether a text equals the one behind the last. */
  private boolean isAt(int at, int hash, int length) {
    return (int) INT.get(texts, at) == hash
        && length(at) == length
        && Arrays.equals(
            texts, at + HEAD, at + HEAD + length, texts, end + HEAD, end + HEAD + length);
  }

  private int length(int at) {
    return (int) INT.get(texts, at + Integer.BYTES);
  }

  private void index(int slots) {
    index = new long[slots];
    for (int at = 0; at < end; at += HEAD + length(at)) {
      int hash = keyed ? keyedHash(at) : (int) INT.get(texts, at);
      int slot = hash & (index.length - 1);
      while (index[slot] != 0) {
        slot = (slot + 1) & (index.length - 1);
      }
      index[slot] = hashAndPlace(hash, at + 1);
    }
  }

  /** One number; numbers are in the order of their hashes. */
  private static long hashAndPlace(int hash, int place) {
    return (long) hash << Integer.SIZE | place;
  }

  /** Passes on each text. */
  void forEach(TextTaker taker) {
    if (packed != null) {
      forEachOf(packed, taker);
      return;
    }
    for (int at = 0; at < end; at += HEAD + length(at)) {
      taker.take(texts, at + HEAD, length(at));
    }
  }

  private static void forEachOf(byte[] packed, TextTaker taker) {
    RecordInput in = new RecordInput(packed, 0, packed.length);
    while (in.available() > 0) {
      long length;
      try {
        length = in.readVarint();
      } catch (CoderException e) {
        throw new IllegalArgumentException("a set of ids breaks off", e);
      }
      int from = packed.length - in.available();
      if (length < 0 || length > in.available()) {
        throw new IllegalArgumentException("a set of ids breaks off");
      }
      taker.take(packed, from, (int) length);
      in.moveTo(from + (int) length, packed.length);
    }
  }

  /**
   * Writes each text, preceded by its length as a varint. The order is that of their hashes, so it
   * does not depend on the order in which they were added.
   */
  void writeTo(RecordOutput out) {
    if (packed != null) {
      out.write(packed, 0, packed.length);
      return;
    }
    long[] order = new long[size];
    int next = 0;
    for (int at = 0; at < end; at += HEAD + length(at)) {
      order[next++] = hashAndPlace((int) INT.get(texts, at), at);
    }
    Arrays.sort(order);
    sortEqualHashes(order);
    for (long each : order) {
      int at = (int) each;
      out.writeVarint(length(at));
      out.write(texts, at + HEAD, length(at));
    }
  }

  /** Texts with one hash are in the order of their bytes. */
  private void sortEqualHashes(long[] order) {
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && order[to] >>> Integer.SIZE == order[from] >>> Integer.SIZE) {
        to++;
      }
      if (to - from > 1) {
        long[] sorted =
            Arrays.stream(order, from, to)
                .boxed()
                .sorted((one, other) -> compare(one.intValue(), other.intValue()))
                .mapToLong(Long::longValue)
                .toArray();
        System.arraycopy(sorted, 0, order, from, sorted.length);
      }
    }
  }

  private int compare(int one, int other) {
    return Arrays.compareUnsigned(
        texts,
        one + HEAD,
        one + HEAD + length(one),
        texts,
        other + HEAD,
        other + HEAD + length(other));
  }
}
