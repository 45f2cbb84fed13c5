package dhara.options;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which parameters hold secrets, by their names and by what stands in them. A name counts as a
 * secret's with or without the prefix that belongs before it, and with a slip in it: the check must
 * not depend on the user having made no other mistake.
 */
final class SecretName {

  /** The last word of a secret's name. */
  private static final Set<String> LAST =
      Set.of("password", "passwd", "passphrase", "secret", "token", "credentials", "apikey");

  /** The last two words of a secret's name. */
  private static final List<List<String>> LAST_TWO =
      List.of(
          List.of("jaas", "config"),
          List.of("user", "info"),
          List.of("keystore", "key"),
          List.of("api", "key"),
          List.of("private", "key"),
          List.of("access", "key"),
          List.of("secret", "key"));

  /** {@code https://user:password@host}, and {@code password=…} within a value. */
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "://[^/?#]*@|loginmodule|(password|passwd|passphrase|secret|token)[\"']?\\s*[=:]",
          Pattern.CASE_INSENSITIVE);

  /** Shorter words are too near to others for a slip to be told from another word. */
  private static final int SLIPS_FROM = 6;

  private SecretName() {}

  /** Whether what stands behind this name is a secret. */
  static boolean is(String name) {
    String[] words =
        name.replaceAll("(?<=[a-z])(?=[A-Z])", ".").toLowerCase(Locale.ROOT).split("[._-]+", -1);
    String last = words[words.length - 1];
    if (LAST.stream().anyMatch(word -> like(word, last))) {
      return true;
    }
    String before = words.length < 2 ? "" : words[words.length - 2];
    return LAST_TWO.stream()
        .anyMatch(
            two ->
                (like(two.get(0), before) && like(two.get(1), last))
                    || like(two.get(0) + two.get(1), last));
  }

  /** Whether a value carries credentials, whatever its name. */
  static boolean standsIn(String value) {
    return CREDENTIALS.matcher(value).find();
  }

  private static boolean like(String word, String typed) {
    boolean slips = word.length() >= SLIPS_FROM || word.equals("jaas");
    return word.equals(typed) || (slips && Nearest.distance(word, typed) <= 1);
  }
}
