package dhara.options;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A URI as a user wrote it, {@code scheme://path?name=value&…}, read once: its parts, what is wrong
 * with it, and which parts may be shown. Reading never fails, so an error message about any URI is
 * possible, and shows no secret.
 *
 * <p>Shown are the scheme, the path, the names of parameters, references ({@code env:NAME}), and
 * the values of the few parameters that are known to hold no secret. Whatever follows a hidden
 * value is hidden too, because it may be the rest of that value after an unescaped {@code &}.
 */
public final class UriText {

  private static final String HIDDEN = "…";

  /** Settings that are values of settings are shown up to here; nobody writes more. */
  private static final int DEEPEST = 8;

  /** {@code NAME=} before a URI, then its scheme. */
  private static final Pattern START =
      Pattern.compile(
          "(?s)(?<label>[a-z][a-z0-9-]*=)?(?<scheme>[A-Za-z][A-Za-z0-9+.-]+):(?<rest>.*)");

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
  private static final Pattern SETTING =
      Pattern.compile("(?s)-*(?<name>[A-Za-z][A-Za-z0-9._-]*)=.*");

  /** Schemes that need no slashes after them. */
  private static final Set<String> BARE = Set.of("kafka", "files", "file", "console");

  /** Schemes whose path begins with hosts and ports. */
  private static final Set<String> HOSTS = Set.of("kafka", "postgres");

  /** Schemes whose path is a file path, in which a colon and an @ have no meaning. */
  private static final Set<String> PATHS = Set.of("", "files", "file", "console");

  /** Parameters whose values are never secrets. */
  private static final Set<String> SAFE =
      Set.of(
          "start",
          "end",
          "isolation",
          "partitions",
          "format",
          "shards",
          "rows",
          "check",
          "columns",
          "delimiter",
          "divide",
          "encoding",
          "user",
          "mechanism",
          "sslmode",
          "attempts",
          "backoff",
          "maxBackoff",
          "timeout",
          "breaker",
          "inFlight",
          "rate",
          "queue",
          "tls",
          "as",
          "database");

  private static final Pattern SAFE_VALUE = Pattern.compile("[\\p{L}\\p{N} ._:,;|+-]{0,500}");

  /** A colon with no port after it, up to where the next broker or the topic begins. */
  private static final Pattern NO_PORT = Pattern.compile(":(?!\\d{1,5}(?:[,/]|$))[^,/\\]]*+(?!])");

  private final String scheme;
  private final String path;
  private final Map<String, String> parameters;
  private final @Nullable String problem;
  private final String shown;

  private UriText(
      String scheme,
      String path,
      Map<String, String> parameters,
      @Nullable String problem,
      String shown) {
    this.scheme = scheme;
    this.path = path;
    this.parameters = parameters;
    this.problem = problem;
    this.shown = shown;
  }

  /** Reads a URI, or a path without a scheme. */
  public static UriText of(String text) {
    int question = text.indexOf('?');
    String whole = question < 0 ? text : text.substring(0, question);
    String scheme = schemeOf(whole);
    String bare = scheme.isEmpty() ? whole : whole.substring(scheme.length() + 1);
    String path = bare.startsWith("//") && !scheme.isEmpty() ? bare.substring(2) : bare;
    String start = scheme + text.substring(scheme.length(), whole.length() - path.length());
    if (userInfo(scheme, path, text)) {
      return new UriText(
          scheme,
          path,
          Map.of(),
          "names a user or a password in its address; "
              + switch (scheme) {
                case "redis" -> "Redis takes them as user=NAME and password=env:NAME";
                case "postgres" -> "PostgreSQL takes them as user=NAME and password=env:NAME";
                case "webhook" -> "a webhook takes a token=env:NAME, or its url=env:NAME";
                default -> "Kafka takes them as user=NAME and password=env:NAME";
              },
          start + HIDDEN);
    }
    Parameters read = new Parameters();
    if (question >= 0) {
      for (String pair : text.substring(question + 1).split("&", -1)) {
        read.add(pair);
      }
    }
    boolean doubtful = read.malformed && !PATHS.contains(scheme);
    String shownPath =
        HOSTS.contains(scheme) ? NO_PORT.matcher(path).replaceAll(":" + HIDDEN) : path;
    return new UriText(
        scheme,
        path,
        Collections.unmodifiableMap(read.values),
        read.told != null ? read.told : read.problem,
        start + (doubtful ? HIDDEN : shownPath + read.shown()));
  }

  /** Reads the parameters one after the other. */
  private static final class Parameters {

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> shown = new ArrayList<>();
    private @Nullable String told;
    private @Nullable String problem;

    /**
     * Whether the first is not a parameter: the question mark may be part of a password before the
     * host.
     */
    private boolean malformed;

    private boolean hidden;

    void add(String pair) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals);
      if (!NAME.matcher(name).matches()) {
        malformed |= shown.isEmpty();
        wrong("has a parameter that is not NAME=VALUE; write %26 for a & within a value");
        hide();
        return;
      }
      String value = decoded(pair.substring(equals + 1));
      boolean reference = value != null && SecretReference.is(value);
      boolean secret = SecretName.is(name) || SecretName.standsIn(value == null ? "" : value);
      if (secret && !reference) {
        if (told == null) {
          told = name + " is a secret; name it instead: " + name + "=env:NAME or file:/path";
        }
      } else if (value == null) {
        wrong("the value of " + name + " has a % that starts no escape; write %25 for it");
      } else if (values.put(name, value) != null) {
        wrong("says " + name + " twice; leave one of them out");
      }
      if (hidden) {
        return;
      }
      boolean safe = value != null && !hides(name, value);
      shown.add(name + "=" + (safe ? pair.substring(equals + 1) : HIDDEN));
      hidden = !safe;
    }

    private void wrong(String why) {
      if (problem == null && !hidden) {
        problem = why;
      } else if (problem == null) {
        // It may be the rest of the value before it, which has an unescaped & in it.
        problem =
            "cannot be read after the value of "
                + shown.get(shown.size() - 1).replaceFirst("=.*", "")
                + "; write %26 for a & within a value, and %25 for a %";
      }
    }

    private void hide() {
      if (!hidden) {
        shown.add(HIDDEN);
        hidden = true;
      }
    }

    String shown() {
      return shown.isEmpty() ? "" : "?" + String.join("&", shown);
    }

    /** A plus sign is not decoded to a space, because times have one before their zone. */
    private static @Nullable String decoded(String value) {
      try {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }

  private static String schemeOf(String whole) {
    Matcher start = START.matcher(whole);
    if (!start.matches() || start.group("label") != null) {
      return "";
    }
    String scheme = start.group("scheme");
    return BARE.contains(scheme) || start.group("rest").startsWith("//") ? scheme : "";
  }

  /** Whether {@code user:password@} comes before the host, whatever characters the password has. */
  private static boolean userInfo(String scheme, String path, String text) {
    if (PATHS.contains(scheme)) {
      return false;
    }
    if (HOSTS.contains(scheme)) {
      return path.contains("@")
          || (NO_PORT.matcher(path).find() && text.indexOf('@', scheme.length()) > 0);
    }
    return path.matches("(?s)[^/]*@.*|[^/:]+:(?!\\d+(/|$))[^@]*@.*");
  }

  /** A URI, a {@code NAME=URI} or a setting in a form that may be shown, without secrets. */
  public static String shown(String text) {
    return shown(text, DEEPEST);
  }

  private static String shown(String text, int depth) {
    if (depth == 0) {
      return HIDDEN;
    }
    Matcher start = START.matcher(text);
    if (start.matches() && start.group("label") != null) {
      String label = start.group("label");
      return label + of(text.substring(label.length())).shown;
    }
    Matcher setting = SETTING.matcher(text);
    if (setting.matches()) {
      String name = setting.group("name");
      String value = text.substring(text.indexOf('=') + 1);
      boolean told = SecretName.is(name) && !SecretReference.is(value);
      return text.substring(0, text.indexOf('=') + 1) + (told ? HIDDEN : shown(value, depth - 1));
    }
    int question = text.indexOf('?');
    boolean parameters = question >= 0 && text.indexOf('=', question) >= 0;
    return schemeOf(text).isEmpty() && !parameters ? text : of(text).shown;
  }

  /** The scheme; empty if the text is a path. */
  public String scheme() {
    return scheme;
  }

  /** The text between the scheme and the question mark, without two leading slashes. */
  public String path() {
    return path;
  }

  /** The parameters in the order given, their values unescaped. */
  public Map<String, String> parameters() {
    return parameters;
  }

  /** What is wrong with it, in a form that may be shown; empty if all of it can be read. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * Whether the text after a parameter may be the rest of its value, and so must not be shown.
   *
   * @param name of the parameter
   */
  public static boolean hides(String name, String value) {
    return !SecretReference.is(value)
        && !(SAFE.contains(name) && SAFE_VALUE.matcher(value).matches());
  }

  /** The parts that may be shown. */
  @Override
  public String toString() {
    return shown;
  }
}
