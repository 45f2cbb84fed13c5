package dhara.transforms.unique;

import dhara.transforms.shards.TableBudget;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A cache of the ids of shards, to avoid reading them from state. A table is looked up by the token
 * of the state that it was built from, so it is not found if the state has changed: after a
 * restore, after a failed bundle, or by another worker.
 *
 * <p>If there is no memory left for a table, it is not kept, and the others stay: bundles visit the
 * shards round-robin, so LRU eviction would evict each table just before it is needed.
 */
final class IdTables {

  private record Held(long token, IdTable ids) {}

  private final TableBudget budget;
  private final Map<Integer, Held> byShard = new HashMap<>();

  IdTables(TableBudget budget) {
    this.budget = budget;
  }

  /** Takes a shard's table out, to modify it; null if there is none with this token. */
  @Nullable IdTable take(int shard, long token) {
    Held held = remove(shard);
    return held != null && held.token == token ? held.ids : null;
  }

  /** Drops a shard's table. */
  void drop(int shard) {
    remove(shard);
  }

  private @Nullable Held remove(int shard) {
    Held held = byShard.remove(shard);
    if (held != null) {
      budget.giveBack(held.ids.bytes());
    }
    return held;
  }

  /** Stores a shard's table, and replaces any other. */
  void put(int shard, long token, IdTable ids) {
    remove(shard);
    if (budget.take(ids.bytes())) {
      byShard.put(shard, new Held(token, ids));
    }
  }

  /** Drops all tables. */
  void clear() {
    byShard.values().forEach(held -> budget.giveBack(held.ids.bytes()));
    byShard.clear();
  }
}
