package dhara.transforms.join;

import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A reference as of a moment: the value in force for each key. A fact receives the one for its own
 * time; do not keep it longer than the fact.
 */
public final class InForce<T extends Record> {

  private final ReferenceTable<T> table;
  private final Instant at;

  InForce(ReferenceTable<T> table, Instant at) {
    this.table = table;
    this.at = at;
  }

  /** The value in force for a key, if there is one. */
  public Optional<T> get(String key) {
    return table.get(key, at);
  }

  /** Passes on all values in force, in the order of the keys. */
  public void forEach(BiConsumer<String, T> consumer) {
    for (String key : table.keys()) {
      get(key).ifPresent(value -> consumer.accept(key, value));
    }
  }
}
