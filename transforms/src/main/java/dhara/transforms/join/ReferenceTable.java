package dhara.transforms.join;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The versions of many keys: a reference at every moment that can still be needed. */
final class ReferenceTable<T extends Record> {

  private final Map<String, Versions<T>> byKey = new HashMap<>();

  /** The keys in order; computed on demand. */
  private @Nullable List<String> keys;

  /** Adds a version of its key. */
  void add(Version<T> version) {
    add(version.key(), new HeldVersion<>(version));
  }

  /** Adds a version of a key. */
  void add(String key, HeldVersion<T> version) {
    Versions<T> versions = byKey.get(key);
    if (versions == null) {
      versions = new Versions<>();
      byKey.put(key, versions);
      keys = null;
    }
    versions.add(version);
  }

  /** The value in force for a key at a moment, if there is one. */
  Optional<T> get(String key, Instant at) {
    Versions<T> versions = byKey.get(key);
    return versions == null ? Optional.empty() : versions.asOf(at);
  }

  /** Everything in force at a moment. */
  InForce<T> asOf(Instant at) {
    return new InForce<>(this, at);
  }

  /** All known keys, in order, whether they have a value in force or not. */
  List<String> keys() {
    if (keys == null) {
      List<String> sorted = new ArrayList<>(byKey.keySet());
      Collections.sort(sorted);
      keys = sorted;
    }
    return keys;
  }

  /** Drops the versions that are not needed for any moment from {@code at} on. */
  void prune(Instant at) {
    if (byKey.values().removeIf(versions -> !versions.prune(at))) {
      keys = null;
    }
  }

  /** Passes on each version. */
  void forEach(Consumer<HeldVersion<T>> consumer) {
    byKey.values().forEach(versions -> versions.forEach(consumer));
  }
}
