package dhara.transforms.join;

import dhara.transforms.shards.TableBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A cache of the references of shards as tables, to avoid decoding the state each time. A table is
 * looked up by the token of the state that it was built from, so it is not found if the state has
 * changed: after a restore, after a failed bundle, or by another worker.
 *
 * <p>New versions wait as blocks until somebody asks for the table: decoded, they take several
 * times the memory, and many are replaced before any fact needs them.
 *
 * <p>If there is no memory left for a table, it is not kept, and the others stay: bundles visit the
 * shards round-robin, so LRU eviction would evict each table just before it is needed.
 */
final class Tables<T extends Record> {

  /** The approximate memory of a version per encoded byte, if a fact has seen it; else half. */
  private static final int OBJECTS = 5;

  /**
   * A shard's versions.
   *
   * @param fresh blocks of versions that are not in the table yet
   */
  record Held<T extends Record>(ReferenceTable<T> table, List<byte[]> fresh) {}

  /** A shard's versions, the token of their state, and their share of the budget. */
  private record Cached<T extends Record>(long token, long bytes, Held<T> held) {}

  private final TableBudget budget;
  private final Map<Integer, Cached<T>> byShard = new HashMap<>();

  Tables(TableBudget budget) {
    this.budget = budget;
  }

  /** Takes a shard's versions out, to modify them; null if there are none with this token. */
  @Nullable Held<T> take(int shard, long token) {
    Cached<T> cached = byShard.remove(shard);
    if (cached == null) {
      return null;
    }
    budget.giveBack(cached.bytes);
    return cached.token == token ? cached.held : null;
  }

  /** Stores a shard's versions, and replaces any others. */
  void put(int shard, long token, long encodedBytes, Held<T> held) {
    Held<T> unused = take(shard, token);
    long bytes = OBJECTS * encodedBytes;
    if (budget.take(bytes)) {
      byShard.put(shard, new Cached<>(token, bytes, held));
    }
  }

  /** Drops all tables. */
  void clear() {
    byShard.values().forEach(cached -> budget.giveBack(cached.bytes));
    byShard.clear();
  }
}
