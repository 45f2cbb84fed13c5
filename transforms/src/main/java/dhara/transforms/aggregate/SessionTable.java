package dhara.transforms.aggregate;

import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table in which blocks of sessions and of their parts are merged, for the keys of a shard. Most
 * sessions that are read have neither grown nor ended, so sums stay encoded until they are added to
 * another or answered, and sessions that need no work are {@link #addSome copied} as they are.
 *
 * <p>First add blocks, then {@link #merge merge}, then read the sessions.
 */
final class SessionTable<AccT> {

  /** A sum with its encoded form. */
  static final class Sum<AccT> {

    private final byte[] block;
    private final int from;
    private final int to;
    private @Nullable AccT value;

    private Sum(byte[] block, int from, int to) {
      this.block = block;
      this.from = from;
      this.to = to;
    }
  }

  /** A key and its sessions. */
  private static final class Entry<AccT> extends KeyTable.Entry {

    private @Nullable Session<Sum<AccT>> sessions;

    Entry(BlockReader reader, int hash) {
      super(reader, hash);
    }
  }

  /** Takes a session of a key. */
  @FunctionalInterface
  interface SessionTaker<AccT> {
    void take(KeyTable.Entry key, Session<Sum<AccT>> session) throws IOException;
  }

  /** Chooses sessions by the time of their last event, and whether they have unanswered ones. */
  @FunctionalInterface
  interface Wanted {
    boolean wants(long last, boolean news);
  }

  private final long gap;
  private final BinaryOperator<AccT> plus;
  private final Coder<AccT> coder;
  private final KeyTable<Entry<AccT>> keys = new KeyTable<>();
  private long earliest = Long.MAX_VALUE;
  private long dropped;

  /**
   * An empty table.
   *
   * @param gap milliseconds
   * @param plus adds up; may modify its first argument
   */
  SessionTable(long gap, BinaryOperator<AccT> plus, Coder<AccT> coder) {
    this.gap = gap;
    this.plus = plus;
    this.coder = coder;
  }

  /** Adds the sessions of a block. */
  SessionTable<AccT> add(byte[] block) throws IOException {
    return add(block, Long.MIN_VALUE);
  }

  /**
   * Adds the sessions of a block.
   *
   * @param expired sessions whose last event is not after this time are dropped
   */
  SessionTable<AccT> add(byte[] block, long expired) throws IOException {
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      Session<Sum<AccT>> session = session(reader);
      if (session.last() <= expired) {
        dropped++;
      } else {
        add(reader, session);
      }
    }
    return this;
  }

  /** Adds the session of an entry. */
  void add(BlockReader entry) throws IOException {
    add(entry, session(entry));
  }

  private void add(BlockReader reader, Session<Sum<AccT>> session) {
    earliest = Math.min(earliest, session.first());
    int hash = reader.keyHash();
    int slot = keys.slot(reader, hash);
    Entry<AccT> entry = keys.at(slot);
    if (entry == null) {
      entry = new Entry<>(reader, hash);
      keys.put(slot, entry);
    }
    entry.sessions = session.before(entry.sessions);
  }

  /** How many keys there are. */
  int size() {
    return keys.size();
  }

  /**
   * Adds those sessions of a block whose key is in the table, or that a caller wants. It looks at
   * their times only, so the others cost little.
   *
   * @param others gets the other sessions, as they are encoded
   * @return time of the last event of that session among the others which ends first; {@code
   *     Long.MAX_VALUE} if there is none
   */
  long addSome(byte[] block, Wanted wanted, BlockWriter others) throws IOException {
    long earliestLast = Long.MAX_VALUE;
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      RecordInput in = reader.sumBytes();
      boolean news = (in.readVarint() & 1) == 1;
      long first = in.readVarint();
      long last = first + in.readVarint();
      if (wanted.wants(last, news) || holds(reader)) {
        add(reader);
      } else {
        earliestLast = Math.min(earliestLast, last);
        others.copy(reader);
      }
    }
    return earliestLast;
  }

  /** Whether the key that a reader is at has sessions. */
  boolean holds(BlockReader reader) {
    return keys.at(keys.slot(reader, reader.keyHash())) != null;
  }

  private static <AccT> Session<Sum<AccT>> session(BlockReader reader) throws IOException {
    RecordInput in = reader.sumBytes();
    Session<?> times = SessionCoder.decodeTimes(in, null);
    return new Session<>(
        times.first(),
        times.last(),
        new Sum<>(reader.block(), reader.end() - in.available(), reader.end()),
        times.given(),
        times.news());
  }

  /** Time of the earliest event that was added; {@code Long.MAX_VALUE} if there is none. */
  long earliest() {
    return earliest;
  }

  /** How many parts of sessions were dropped. */
  long dropped() {
    return dropped;
  }

  /** Merges the overlapping sessions of each key. */
  SessionTable<AccT> merge() {
    for (Entry<AccT> entry : keys) {
      entry.sessions = Session.merged(entry.sessions, gap, this::plus);
    }
    return this;
  }

  /**
   * Adds those sessions of a block that overlap with one in the table.
   *
   * @param block sessions of which no two overlap
   * @return a block of the others; the same block if none was added
   */
  byte[] addOverlapping(byte[] block) throws IOException {
    BlockWriter others = new BlockWriter();
    boolean added = false;
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      Entry<AccT> entry = keys.at(keys.slot(reader, reader.keyHash()));
      Session<Sum<AccT>> session = entry == null ? null : session(reader);
      if (session != null && session.overlapsAny(entry.sessions, gap)) {
        entry.sessions = session.before(entry.sessions);
        added = true;
      } else {
        others.copy(reader);
      }
    }
    return added ? others.toBytes() : block;
  }

  private Sum<AccT> plus(Sum<AccT> one, Sum<AccT> other) {
    one.value = plus.apply(value(one), value(other));
    return one;
  }

  /** The sum of a session, which the caller may modify. */
  AccT value(Sum<AccT> sum) {
    if (sum.value == null) {
      RecordInput in = new RecordInput(sum.block, sum.from, sum.to);
      try {
        sum.value = coder.decode(in);
      } catch (IOException e) {
        // Only memory is read, so the failure is in decoding this sum.
        throw new IllegalArgumentException("cannot decode the sum of a session", e);
      }
      if (in.available() > 0) {
        throw new IllegalArgumentException(
            in.available() + " bytes are left behind the sum of a session, by " + coder);
      }
    }
    return sum.value;
  }

  /** Passes on every session. */
  void forEach(SessionTaker<AccT> taker) throws IOException {
    for (Entry<AccT> entry : keys) {
      for (Session<Sum<AccT>> s = entry.sessions; s != null; s = s.next()) {
        taker.take(entry, s);
      }
    }
  }

  /** Writes a session; an unchanged sum is copied in its encoded form. */
  void write(KeyTable.Entry key, Session<Sum<AccT>> session, BlockWriter to) throws IOException {
    key.write(
        to,
        0,
        out -> {
          SessionCoder.encodeTimes(session, out);
          Sum<AccT> sum = session.sum();
          if (sum.value == null) {
            out.write(sum.block, sum.from, sum.to - sum.from);
          } else {
            coder.encode(sum.value, out);
          }
        });
  }
}
