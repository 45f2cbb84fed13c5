package dhara.runners.flink;

import dhara.options.BadOption;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A folder that an option names: a path of this machine, or a URI.
 *
 * @param option that names it
 * @param given as the user wrote it
 * @param path as Flink takes it
 */
record Location(String option, String given, Path path) {

  /** Two letters at least: one is a drive of Windows. */
  private static final Pattern URI_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  /**
   * The folder of an option; null where it is not given.
   *
   * @param shared whether machines of a cluster must reach it too
   * @throws BadOption where it is none
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

  /** A path of this machine as Flink takes it. */
  static Path of(java.nio.file.Path path) {
    return new Path("file:" + path.toAbsolutePath().normalize());
  }

  /** Where it is on this machine; empty where it is elsewhere. */
  Optional<java.nio.file.Path> local() {
    return local(path);
  }

  /** Where a path of Flink's is on this machine; empty where it is elsewhere. */
  static Optional<java.nio.file.Path> local(Path path) {
    String scheme = path.toUri().getScheme();
    return scheme == null || scheme.equals("file")
        ? Optional.of(java.nio.file.Path.of(path.getPath()))
        : Optional.empty();
  }

  /** Asks the file system; what goes wrong is the option's. */
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

  /** Something that a file system can tell of a folder. */
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
