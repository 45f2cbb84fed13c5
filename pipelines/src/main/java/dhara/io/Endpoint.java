package dhara.io;

import dhara.options.BadOption;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where events come from or answers go, as the user wrote it: {@code scheme://path?name=value&…}. A
 * value without a scheme is a path of files.
 *
 * @param option the option that named it, with its dashes
 * @param uri as the user wrote it
 * @param scheme {@code files}, {@code kafka}, {@code console}, or a {@link Connector}'s; never null
 * @param path what follows the scheme, without the parameters
 * @param parameters what follows the question mark
 */
public record Endpoint(
    String option, String uri, String scheme, String path, Map<String, String> parameters) {

  /** Reads a URI. {@code files:DIR}, {@code files://DIR} and {@code DIR} are the same. */
  public static Endpoint of(String option, String uri) {
    if (uri.isBlank()) {
      throw new BadOption(option, uri, "is empty; name a path or a URI");
    }
    int question = uri.indexOf('?');
    String whole = question < 0 ? uri : uri.substring(0, question);
    Map<String, String> parameters = new LinkedHashMap<>();
    if (question >= 0) {
      for (String pair : uri.substring(question + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
          throw new BadOption(option, uri, "'" + pair + "' is no NAME=VALUE parameter");
        }
        String name = pair.substring(0, equals);
        if (parameters.put(name, decoded(option, uri, pair.substring(equals + 1))) != null) {
          throw new BadOption(option, uri, "says " + name + " twice; leave one of them out");
        }
      }
    }
    if (whole.equals("console")) {
      return new Endpoint(option, uri, "console", "", parameters);
    }
    if (whole.startsWith("kafka:")) {
      return new Endpoint(option, uri, "kafka", afterScheme(whole, "kafka:"), parameters);
    }
    int colon = whole.indexOf("://");
    if (colon > 0 && isConnector(whole.substring(0, colon))) {
      String scheme = whole.substring(0, colon);
      return new Endpoint(option, uri, scheme, whole.substring(colon + 3), parameters);
    }
    if (whole.startsWith("files:")) {
      return new Endpoint(option, uri, "files", afterScheme(whole, "files:"), parameters);
    }
    return new Endpoint(option, uri, "files", whole, parameters);
  }

  /** Those that are not on the class path too: what they name is no path of files. */
  private static boolean isConnector(String scheme) {
    return Connector.ELSEWHERE.containsKey(scheme) || Connector.of(scheme).isPresent();
  }

  private static String decoded(String option, String uri, String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadOption(
          option, uri, "'" + value + "' has a % that starts no escape; write %25 for it", e);
    }
  }

  private static String afterScheme(String whole, String scheme) {
    String rest = whole.substring(scheme.length());
    return rest.startsWith("//") ? rest.substring(2) : rest;
  }

  /**
   * Refuses parameters that are not among {@code known}, where {@code consumer.*} stands for every
   * name that begins with {@code consumer.}.
   */
  public Endpoint allow(Set<String> known) {
    for (String name : parameters.keySet()) {
      if (known.stream().noneMatch(pattern -> matches(name, pattern))) {
        throw bad("knows no parameter '" + name + "'; it takes " + new TreeSet<>(known));
      }
    }
    return this;
  }

  private static boolean matches(String name, String pattern) {
    return pattern.endsWith(".*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  /** A parameter, or {@code otherwise} where the user did not give it. */
  public String parameter(String name, String otherwise) {
    return parameters.getOrDefault(name, otherwise);
  }

  /** The error that names this endpoint's option and value. */
  public BadOption bad(String fix) {
    return new BadOption(option, uri, fix);
  }

  /** The same, with what lies underneath. */
  public BadOption bad(String fix, Throwable cause) {
    return new BadOption(option, uri, fix, cause);
  }

  @Override
  public String toString() {
    return uri;
  }
}
