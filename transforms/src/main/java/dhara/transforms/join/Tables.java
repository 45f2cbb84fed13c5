package dhara.transforms.join;

import dhara.transforms.shards.TableBudget;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The references of shards as tables, to save decoding the state that they are made of each time. A
 * table is found by the token of the state that it was made of, so that none is found where the
 * state is another: restored, from a bundle that failed, or changed by another worker.
 *
 * <p>A table for which there is no memory left is not kept, and the others stay: bundles visit the
 * shards round-robin, so LRU eviction would evict each table just before it is needed.
 */
final class Tables<T extends Record> {

  /** What a decoded version takes of memory for each of its bytes, roughly. */
  private static final int OBJECTS = 4;

  private record Held<T extends Record>(long token, long bytes, ReferenceTable<T> table) {}

  private final TableBudget budget;
  private final Map<Integer, Held<T>> byShard = new HashMap<>();

  Tables(TableBudget budget) {
    this.budget = budget;
  }

  /** Takes a shard's table out, to be changed; nothing where it is not of this token. */
  @Nullable ReferenceTable<T> take(int shard, long token) {
    Held<T> held = byShard.remove(shard);
    if (held == null) {
      return null;
    }
    budget.giveBack(held.bytes);
    return held.token == token ? held.table : null;
  }

  /** Puts a shard's table in, in place of any other. */
  void put(int shard, long token, long encodedBytes, ReferenceTable<T> table) {
    ReferenceTable<T> unused = take(shard, token);
    long bytes = OBJECTS * encodedBytes;
    if (budget.take(bytes)) {
      byShard.put(shard, new Held<>(token, bytes, table));
    }
  }

  /** Forgets all. */
  void clear() {
    byShard.values().forEach(held -> budget.giveBack(held.bytes));
    byShard.clear();
  }
}
