package dhara.transforms.unique;

import dhara.transforms.shards.TableBudget;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Tables of the ids of shards, to save reading the state that they are made of. A table is found by
 * the token of the state that it holds the ids of, so that none is found where the state is
 * another: restored, from a bundle that failed, or changed by another worker.
 *
 * <p>A table for which there is no memory left is not kept, and the others stay: bundles go through
 * the shards in turn, and to drop the least recently used would drop each just before its turn.
 */
final class IdTables {

  private record Held(long token, IdTable ids) {}

  private final TableBudget budget;
  private final Map<Integer, Held> byShard = new HashMap<>();

  IdTables(TableBudget budget) {
    this.budget = budget;
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
    if (held != null) {
      budget.giveBack(held.ids.bytes());
    }
    return held;
  }

  /** Puts a shard's table in, in place of any other. */
  void put(int shard, long token, IdTable ids) {
    remove(shard);
    if (budget.take(ids.bytes())) {
      byShard.put(shard, new Held(token, ids));
    }
  }

  /** Forgets all. */
  void clear() {
    byShard.values().forEach(held -> budget.giveBack(held.ids.bytes()));
    byShard.clear();
  }
}
