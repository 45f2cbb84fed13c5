package dhara.connectors;

import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.options.UriText;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where events come from or answers go, as the user wrote it: {@code scheme://path?name=value&…}. A
 * value without a scheme is a file path.
 *
 * @param option the option that named it, with its dashes
 * @param uri as the user wrote it, without values that may be secrets, so that it can be shown
 * @param scheme {@code files}, {@code kafka}, {@code console}, or a {@link Connector}'s; never null
 * @param path what follows the scheme, without the parameters
 * @param parameters what follows the question mark
 */
public record Endpoint(
    String option, String uri, String scheme, String path, Map<String, String> parameters) {

  /** Schemes of file paths; files are read from them if the class path has their file system. */
  public static final Set<String> FILE_SYSTEMS =
      Set.of("file", "gs", "s3", "hdfs", "webhdfs", "viewfs", "azfs", "classpath");

  /** A file path may begin with {@code ~}, the user's home, as in a shell. */
  public Endpoint {
    if (scheme.equals("files") && (path.equals("~") || path.startsWith("~/"))) {
      path = System.getProperty("user.home") + path.substring(1);
    }
  }

  /**
   * Reads a URI. {@code files:DIR}, {@code files://DIR} and {@code DIR} are the same.
   *
   * @throws BadOption if it cannot be parsed, contains a secret instead of a reference to it, or
   *     has an unknown scheme
   */
  public static Endpoint of(String option, String text) {
    if (text.isBlank()) {
      throw new BadOption(option, text, "is empty; name a path or a URI");
    }
    UriText uri = UriText.of(text);
    uri.problem()
        .ifPresent(
            problem -> {
              throw new BadOption(option, text, problem);
            });
    String shown = uri.toString();
    if (uri.scheme().isEmpty() && uri.path().equals("console")) {
      return new Endpoint(option, shown, "console", "", uri.parameters());
    } else if (uri.scheme().isEmpty()) {
      return new Endpoint(option, shown, "files", uri.path(), uri.parameters());
    } else if (isConnector(uri.scheme())) {
      return new Endpoint(option, shown, uri.scheme(), uri.path(), uri.parameters());
    } else if (FILE_SYSTEMS.contains(uri.scheme())) {
      int question = text.indexOf('?');
      String path = question < 0 ? text : text.substring(0, question);
      return new Endpoint(option, shown, "files", path, uri.parameters());
    }
    throw new BadOption(
        option,
        text,
        uri.scheme()
            + " is no scheme that is known."
            + Nearest.question(uri.scheme(), schemes())
            + " They are "
            + String.join(", ", schemes())
            + "; a path of files needs none");
  }

  private static Set<String> schemes() {
    Set<String> schemes = new TreeSet<>(Connector.schemes());
    schemes.addAll(FILE_SYSTEMS);
    return schemes;
  }

  /**
   * True also for connectors that are not on the class path, because their URIs are not file paths.
   */
  private static boolean isConnector(String scheme) {
    return Connector.schemes().contains(scheme);
  }

  /**
   * Refuses parameters that are not among {@code known}, where {@code consumer.*} stands for every
   * name that begins with {@code consumer.}.
   */
  public Endpoint allow(Set<String> known) {
    String after = "";
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      if (known.stream().noneMatch(pattern -> matches(name, pattern))) {
        throw bad(
            "knows no parameter "
                + (after.isEmpty() ? "'" + name + "'" : "that follows " + after)
                + meant(name, known)
                + "; it takes "
                + new TreeSet<>(known)
                + (after.isEmpty() ? "" : ", and a & within a value is written %26"));
      }
      if (after.isEmpty() && UriText.hides(name, parameter.getValue())) {
        after = name;
      }
    }
    return this;
  }

  /** A property name without the prefix of its client. */
  private static String meant(String name, Set<String> known) {
    return known.stream()
        .filter(pattern -> pattern.endsWith(".*") && name.contains("."))
        .map(pattern -> ": write " + pattern.replace("*", "") + " before a client's property")
        .findFirst()
        .orElse("");
  }

  private static boolean matches(String name, String pattern) {
    return pattern.endsWith(".*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  /** A parameter, or {@code otherwise} if the user did not give it. */
  public String parameter(String name, String otherwise) {
    return parameters.getOrDefault(name, otherwise);
  }

  /** The error that names this endpoint's option and value. */
  public BadOption bad(String fix) {
    return new BadOption(option, uri, fix);
  }

  /** The same, with its cause. */
  public BadOption bad(String fix, Throwable cause) {
    return new BadOption(option, uri, fix, cause);
  }

  @Override
  public String toString() {
    return uri;
  }
}
