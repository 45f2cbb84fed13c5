package dhara.pipelines.platform;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which statuses are errors: numbers from one on, such as the HTTP statuses from 500 on, and the
 * words for failures.
 *
 * @param from the least number that is an error
 */
record Errors(int from) implements Serializable {

  private static final Set<String> WORDS =
      Set.of("ERROR", "FAILED", "FAILURE", "TIMEOUT", "UNAVAILABLE", "INTERNAL");

  boolean is(@Nullable String status) {
    if (status == null || status.isEmpty()) {
      return false;
    }
    if (status.length() <= 9 && status.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Integer.parseInt(status) >= from;
    }
    return WORDS.contains(status.toUpperCase(Locale.ROOT));
  }
}
