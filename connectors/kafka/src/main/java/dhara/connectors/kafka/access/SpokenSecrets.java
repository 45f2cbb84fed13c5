package dhara.connectors.kafka.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Removes secrets from failures: if a client gets a password where it expects a JAAS configuration,
 * for example, its message says that there is no login module of that name.
 */
public final class SpokenSecrets {

  private static final int SHORTEST = 3;

  /** Every word of the secrets, the longest first. */
  private final List<String> words;

  /** Knows these secrets. */
  public SpokenSecrets(Collection<String> secrets) {
    words =
        secrets.stream()
            .flatMap(secret -> Arrays.stream(secret.split("[\\s\"'=;]+", -1)))
            .filter(word -> word.length() >= SHORTEST && !word.startsWith("org.apache.kafka."))
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** The failure itself if it contains no secret, otherwise a copy without secrets. */
  public KafkaException takenFrom(KafkaException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (!String.valueOf(t.getMessage()).equals(takenFrom(t.getMessage()))) {
        return copied(failure);
      }
    }
    return failure;
  }

  private KafkaException copied(Throwable failure) {
    Throwable cause = failure.getCause();
    KafkaException copy =
        new KafkaException(takenFrom(failure.getMessage()), cause == null ? null : copied(cause));
    copy.setStackTrace(failure.getStackTrace());
    return copy;
  }

  /** A text without secrets. */
  private String takenFrom(@Nullable String message) {
    String rest = String.valueOf(message);
    for (String word : words) {
      rest = rest.replace(word, "…");
    }
    return rest;
  }
}
