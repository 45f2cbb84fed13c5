package dhara.transforms.join;

import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A reference as of a moment: what held then of each key. A fact is given the one of its own time;
 * it is of no use after the fact is.
 */
public final class InForce<T extends Record> {

  private final ReferenceTable<T> table;
  private final Instant at;

  InForce(ReferenceTable<T> table, Instant at) {
    this.table = table;
    this.at = at;
  }

  /** What held of a key, if anything did. */
  public Optional<T> get(String key) {
    return table.get(key, at);
  }

  /** Hands over all that held, in the order of the keys. */
  public void forEach(BiConsumer<String, T> consumer) {
    for (String key : table.keys()) {
      get(key).ifPresent(value -> consumer.accept(key, value));
    }
  }
}
