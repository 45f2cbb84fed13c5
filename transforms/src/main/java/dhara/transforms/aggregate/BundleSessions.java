package dhara.transforms.aggregate;

import dhara.transforms.shards.Scatter;
import dhara.transforms.shards.ShardBlocks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Adds up the values of a bundle by the sessions that they form, and passes these on in blocks, one
 * for each shard. A session may continue in other bundles; {@link SessionTable} merges them.
 *
 * <p>If nearly every value has a different key, adding up saves nothing, so the values of such
 * bundles go into the blocks directly.
 */
final class BundleSessions<K, InT, AccT> {

  /** Takes the block of a shard. */
  @FunctionalInterface
  interface SessionBlockTaker {

    /**
     * Takes the block of a shard.
     *
     * @param first time of the earliest event in it
     */
    void take(int shard, long first, byte[] block);
  }

  /**
   * How many sessions of its key a value is compared with before it starts a new one, which is
   * merged later. A bundle of a batch may hold all events of a key over years.
   */
  private static final int COMPARED = 4;

  private final Aggregation<K, InT, AccT, ?> aggregation;
  private final SessionCoder<AccT> coder;
  private final long gap;
  private final Map<K, Session<AccT>> sessions = new HashMap<>();
  private final ShardBlocks<K> blocks;
  private final long[] firsts;
  private final Scatter scatter = new Scatter();
  private int size;
  private long values;

  BundleSessions(Aggregation<K, InT, AccT, ?> aggregation, long gap, int shards) {
    this.aggregation = aggregation;
    this.coder = SessionCoder.of(aggregation.sums());
    this.gap = gap;
    this.blocks = new ShardBlocks<>(aggregation.keys(), shards);
    this.firsts = new long[shards];
    clear();
  }

  /** Adds a value up. */
  void add(K key, long at, InT value) {
    values++;
    if (scatter.scattered()) {
      size++;
      write(key, Session.of(at, added(aggregation.fn().createAccumulator(), value)));
      return;
    }
    Session<AccT> chain = sessions.get(key);
    Session<AccT> session = chain;
    for (int i = 0; i < COMPARED && session != null; i++) {
      if (session.reaches(at, gap)) {
        session.add(at, added(session.sum(), value));
        return;
      }
      session = session.next();
    }
    size++;
    sessions.put(
        key, Session.of(at, added(aggregation.fn().createAccumulator(), value)).before(chain));
  }

  private AccT added(AccT sum, InT value) {
    return aggregation.fn().addInput(sum, value);
  }

  private void write(K key, Session<AccT> session) {
    session.add(session.first(), aggregation.fn().compact(session.sum()));
    int shard = blocks.add(key, session, coder);
    firsts[shard] = Math.min(firsts[shard], session.first());
  }

  /** Whether it holds so much that it has to be flushed; scattered values count one each. */
  boolean full() {
    return size >= BundleSums.MOST_SUMS || values >= BundleSums.MOST_VALUES;
  }

  /** Drops everything. */
  void clear() {
    sessions.clear();
    blocks.clear();
    Arrays.fill(firsts, Long.MAX_VALUE);
    size = 0;
    values = 0;
  }

  /** Passes on all blocks, and starts again. */
  void flush(SessionBlockTaker taker) {
    sessions.forEach(
        (key, chain) -> {
          for (Session<AccT> session = chain; session != null; session = session.next()) {
            write(key, session);
          }
        });
    blocks.flush((shard, block) -> taker.take(shard, firsts[shard], block));
    scatter.learn(values, size);
    clear();
  }
}
