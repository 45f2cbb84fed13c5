package dhara.transforms.effect;

import dhara.formats.RecordFields;
import dhara.transforms.aggregate.Answer;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Names the incident of an answer: by a function of its key and value, or else by its key and
 * window.
 */
final class Naming<K extends Record, V> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final RecordFields<K> keys;
  private final OncePerIncident.@Nullable Name<K, V> name;

  Naming(Class<K> key, OncePerIncident.@Nullable Name<K, V> name) {
    this.keys = RecordFields.of(key);
    this.name = name;
  }

  String of(Answer<K, V> answer) {
    if (name == null) {
      return "%s %s/%s".formatted(key(answer), answer.start(), answer.end());
    }
    String id = name.of(answer.key(), answer.value());
    if (id == null || id.isEmpty()) {
      throw new IllegalStateException(
          "the answer of %s in [%s, %s) names no incident; withdraw what is none"
              .formatted(answer.key(), answer.start(), answer.end()));
    }
    return id;
  }

  /** The key in a form with an order. */
  String key(Answer<K, V> answer) {
    return new String(keys.json(answer.key()), StandardCharsets.UTF_8);
  }
}
