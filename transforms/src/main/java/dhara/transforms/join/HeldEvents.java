package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The events of one side of a key that a join remembers, in their order.
 *
 * <p>A key's events are read and written whenever the key has new ones, and most of them are not
 * looked at then. So an event that was read stays encoded until it is needed, and is written again
 * as it is; only its time is decoded.
 */
final class HeldEvents<E extends Event> {

  private static final int NANOS_IN_MILLI = 1_000_000;

  /** An event. */
  static final class Entry<E extends Event> {

    private final Instant at;
    private @Nullable E event;
    private final byte @Nullable [] bytes;
    private final int offset;
    private final int length;
    private boolean matched;

    private Entry(E event) {
      this(event.at(), event, null, 0, 0, false);
    }

    private Entry(
        Instant at,
        @Nullable E event,
        byte @Nullable [] bytes,
        int offset,
        int length,
        boolean matched) {
      this.at = at;
      this.event = event;
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
      this.matched = matched;
    }

    Instant at() {
      return at;
    }

    boolean isMatched() {
      return matched;
    }

    /** Remembers that a match was given out. */
    void match() {
      matched = true;
    }
  }

  private final Coder<E> coder;
  private final ArrayDeque<Entry<E>> entries = new ArrayDeque<>(2);

  HeldEvents(Coder<E> coder) {
    this.coder = coder;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }

  /** Adds an event that is not before the others. */
  void add(E event) {
    entries.addLast(new Entry<>(event));
  }

  @Nullable Entry<E> first() {
    return entries.peekFirst();
  }

  @Nullable Entry<E> last() {
    return entries.peekLast();
  }

  Entry<E> removeFirst() {
    return entries.removeFirst();
  }

  Entry<E> removeLast() {
    return entries.removeLast();
  }

  /** All, in order. */
  Iterable<Entry<E>> all() {
    return entries;
  }

  void clear() {
    entries.clear();
  }

  /** Drops the events before a moment. */
  void dropBefore(Instant moment) {
    while (!entries.isEmpty() && entries.peekFirst().at.isBefore(moment)) {
      entries.removeFirst();
    }
  }

  /** The event of an entry. */
  E event(Entry<E> entry) {
    if (entry.event == null) {
      try {
        entry.event =
            coder.decode(new RecordInput(entry.bytes, entry.offset, entry.offset + entry.length));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot decode an event that a join remembers", e);
      }
    }
    return entry.event;
  }

  /** Writes all. */
  void write(RecordOutput out) throws IOException {
    out.writeVarint(entries.size());
    long second = 0;
    for (Entry<E> entry : entries) {
      out.writeVarint(zigzag(entry.at.getEpochSecond() - second));
      second = entry.at.getEpochSecond();
      int nanos = entry.at.getNano();
      boolean millis = nanos % NANOS_IN_MILLI == 0;
      long fraction = millis ? nanos / NANOS_IN_MILLI : nanos;
      out.writeVarint(fraction << 2 | (millis ? 0 : 2) | (entry.matched ? 1 : 0));
      if (entry.bytes == null) {
        int start = out.begin();
        coder.encode(entry.event, out);
        out.end(start);
      } else {
        out.writeVarint(entry.length);
        out.write(entry.bytes, entry.offset, entry.length);
      }
    }
  }

  /**
   * Reads all that {@link #write} wrote.
   *
   * @param bytes the array that {@code in} reads up to its end
   */
  void read(RecordInput in, byte[] bytes) throws IOException {
    long second = 0;
    for (long left = in.readVarint(); left > 0; left--) {
      second += unzigzag(in.readVarint());
      long time = in.readVarint();
      long fraction = time >>> 2;
      long nanos = (time & 2) == 0 ? fraction * NANOS_IN_MILLI : fraction;
      long length = in.readVarint();
      int offset = bytes.length - in.available();
      if (length < 0 || length > in.available()) {
        throw new CoderException("an event of a join breaks off");
      }
      in.moveTo(offset + (int) length, bytes.length);
      Instant at = RecordInput.instant(second, nanos);
      entries.addLast(new Entry<>(at, null, bytes, offset, (int) length, (time & 1) == 1));
    }
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
