package dhara.options;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells which parameters hold secrets, by their names and their values. A name counts as a secret's
 * name even if its prefix is missing or it has a typing error, because the check must work although
 * the user has made another mistake.
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
          List.of("secret", "key"),
          List.of("tokenise", "key"));

  /** {@code https://user:password@host}, and {@code password=…} within a value. */
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "://[^/?#]*@|loginmodule|(password|passwd|passphrase|secret|token)[\"']?\\s*[=:]",
          Pattern.CASE_INSENSITIVE);

  /** In shorter words, a typing error cannot be told from another word. */
  private static final int SLIPS_FROM = 6;

  private SecretName() {}

  /** Whether a parameter of this name holds a secret. */
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

  /** Whether a value contains credentials, whatever its name. */
  static boolean standsIn(String value) {
    return CREDENTIALS.matcher(value).find();
  }

  private static boolean like(String word, String typed) {
    boolean slips = word.length() >= SLIPS_FROM || word.equals("jaas");
    return word.equals(typed) || (slips && Nearest.distance(word, typed) <= 1);
  }
}
