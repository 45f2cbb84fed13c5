package dhara.transforms;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Tables of the ids of shards, to save reading the state that they are made of. A table is found by
 * the token of the state that it holds the ids of, so that none is found where the state is
 * another: restored, from a bundle that failed, or changed by another worker.
 *
 * <p>Tables that take more than a number of bytes are dropped, the least recently used first.
 */
final class IdTables {

  private record Held(long token, IdTable ids) {}

  private final long mostBytes;
  // Who uses a table takes it out and puts it back: the order is that of use.
  private final Map<Integer, Held> byShard = new LinkedHashMap<>();
  private long bytes;

  IdTables(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Takes a shard's table out, to be changed; nothing where it is not of this token. */
  @Nullable IdTable take(int shard, long token) {
    Held held = remove(shard);
    return held != null && held.token == token ? held.ids : null;
  }

  /** Forgets a shard's table. */
  void drop(int shard) {
    remove(shard);
  }

  private @Nullable Held remove(int shard) {
    Held held = byShard.remove(shard);
    bytes -= held == null ? 0 : held.ids.bytes();
    return held;
  }

  /** Puts a shard's table in, in place of any other. */
  void put(int shard, long token, IdTable ids) {
    remove(shard);
    byShard.put(shard, new Held(token, ids));
    bytes += ids.bytes();
    Iterator<Held> longestUnused = byShard.values().iterator();
    while (bytes > mostBytes) {
      bytes -= longestUnused.next().ids.bytes();
      longestUnused.remove();
    }
  }
}
