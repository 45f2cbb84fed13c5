package dhara.transforms.join;

import dhara.transforms.shards.TableBudget;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A cache of the references of shards as tables, to avoid decoding the state each time. A table is
 * looked up by the token of the state that it was built from, so it is not found if the state has
 * changed: after a restore, after a failed bundle, or by another worker.
 *
 * <p>If there is no memory left for a table, it is not kept, and the others stay: bundles visit the
 * shards round-robin, so LRU eviction would evict each table just before it is needed.
 */
final class Tables<T extends Record> {

  /** The approximate memory of a decoded version per encoded byte. */
  private static final int OBJECTS = 4;

  private record Held<T extends Record>(long token, long bytes, ReferenceTable<T> table) {}

  private final TableBudget budget;
  private final Map<Integer, Held<T>> byShard = new HashMap<>();

  Tables(TableBudget budget) {
    this.budget = budget;
  }

  /** Takes a shard's table out, to modify it; null if there is none with this token. */
  @Nullable ReferenceTable<T> take(int shard, long token) {
    Held<T> held = byShard.remove(shard);
    if (held == null) {
      return null;
    }
    budget.giveBack(held.bytes);
    return held.token == token ? held.table : null;
  }

  /** Stores a shard's table, and replaces any other. */
  void put(int shard, long token, long encodedBytes, ReferenceTable<T> table) {
    ReferenceTable<T> unused = take(shard, token);
    long bytes = OBJECTS * encodedBytes;
    if (budget.take(bytes)) {
      byShard.put(shard, new Held<>(token, bytes, table));
    }
  }

  /** Drops all tables. */
  void clear() {
    byShard.values().forEach(held -> budget.giveBack(held.bytes));
    byShard.clear();
  }
}
