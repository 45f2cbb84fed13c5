package dhara.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;

/**
 * Lists files by pattern. For a missing local file, Beam searches everything below its parent
 * folder: for {@code /typo}, the whole disk. So Beam is called only if there is something to find.
 */
public final class Listing {

  private static final Pattern WILD = Pattern.compile("[*?\\[{]");
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  private Listing() {}

  /**
   * The files and folders that match; empty if there are none.
   *
   * @throws IOException if the file system cannot be read; its message says why, in one line
   */
  public static List<Metadata> of(String pattern) throws IOException {
    Optional<Path> local = local(pattern);
    if (local.isPresent() && !Files.exists(fixed(local.get()))) {
      return List.of();
    }
    try {
      return FileSystems.match(pattern, EmptyMatchTreatment.ALLOW).metadata();
    } catch (IllegalArgumentException e) {
      throw new IOException(noFileSystem(pattern, e), e);
    }
  }

  /** The part of a path before its first wild card: the whole path, or the folder to search. */
  private static Path fixed(Path pattern) {
    Path fixed = pattern;
    for (Path part = pattern; part != null; part = part.getParent()) {
      if (WILD.matcher(part.toString()).find()) {
        fixed = part.toAbsolutePath().getParent();
      }
    }
    return fixed;
  }

  /** The path, if it is a local one. */
  static Optional<Path> local(String path) {
    String bare = path.replaceFirst("^(?i:file):(//)?(?=/)", "");
    if (SCHEME.matcher(bare).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(bare));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  static String noFileSystem(String path, IllegalArgumentException e) {
    int colon = path.indexOf(':');
    return colon > 0
        ? "no file system for " + path.substring(0, colon) + ":// is on this class path"
        : String.valueOf(e.getMessage());
  }
}
