package dhara.connectors.google;

import java.util.regex.Pattern;

/** The names that Google Cloud accepts. */
final class GoogleNames {

  /** An id of 6 to 30 characters, perhaps within a domain: {@code example.com:analytics}. */
  private static final Pattern PROJECT =
      Pattern.compile("([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");

  private GoogleNames() {}

  /** Whether it can be a project's id. */
  static boolean project(String name) {
    return PROJECT.matcher(name).matches();
  }
}
