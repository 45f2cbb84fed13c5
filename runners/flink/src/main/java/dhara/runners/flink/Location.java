package dhara.runners.flink;

import dhara.options.BadOption;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A folder that an option names: a local path, or a URI.
 *
 * @param option the option that names it
 * @param given the option's value
 * @param path the path for Flink
 */
record Location(String option, String given, Path path) {

  /** At least two letters, because a single one is a Windows drive. */
  private static final Pattern URI_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  /**
   * The folder of an option; null if it is not given.
   *
   * @param shared whether machines of a cluster must reach it too
   * @throws BadOption if it is not a folder
   */
  static @Nullable Location of(String option, @Nullable String given, boolean shared) {
    if (given == null) {
      return null;
    }
    boolean uri = URI_SCHEME.matcher(given).matches();
    if (given.isBlank() || (shared && !uri)) {
      throw new BadOption(
          option,
          given,
          shared
              ? "is a path of this machine; a cluster needs a URI that all of its machines reach, e.g. "
                  + option
                  + "=s3://bucket/orders or file:///shared/orders"
              : "is no folder, e.g. " + option + "=/var/lib/dhara/orders");
    }
    try {
      return new Location(option, given, uri ? new Path(given) : of(java.nio.file.Path.of(given)));
    } catch (IllegalArgumentException e) {
      throw new BadOption(option, given, "is no folder and no URI: " + e.getMessage(), e);
    }
  }

  /** A local path for Flink. */
  static Path of(java.nio.file.Path path) {
    return new Path("file:" + path.toAbsolutePath().normalize());
  }

  /** Its local path; empty if it is not local. */
  Optional<java.nio.file.Path> local() {
    return local(path);
  }

  /** The local path of a Flink path; empty if it is not local. */
  static Optional<java.nio.file.Path> local(Path path) {
    String scheme = path.toUri().getScheme();
    return scheme == null || scheme.equals("file")
        ? Optional.of(java.nio.file.Path.of(path.getPath()))
        : Optional.empty();
  }

  /** Queries the file system; a failure becomes an error of the option. */
  <T> T ask(Question<T> question) {
    try {
      return question.ask(path);
    } catch (IOException | RuntimeException e) {
      if (e instanceof BadOption bad) {
        throw bad;
      }
      throw bad("cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** A query about a folder. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Path path) throws IOException;
  }

  BadOption bad(String fault) {
    return new BadOption(option, given, fault);
  }

  BadOption bad(String fault, Exception cause) {
    return new BadOption(option, given, fault, cause);
  }
}
