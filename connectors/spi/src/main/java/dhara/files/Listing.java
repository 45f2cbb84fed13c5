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
 * Files by their names. Beam looks for a local file that is not there in everything below the
 * folder that it would be in: of {@code /typo} in the whole disk. So it is asked only where there
 * is something to find.
 */
public final class Listing {

  private static final Pattern WILD = Pattern.compile("[*?\\[{]");
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  private Listing() {}

  /**
   * The files and folders that match; none where there is nothing.
   *
   * @throws IOException where the file system cannot be asked; its message says why, in one line
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

  /** What of a path stands before its first wild card: all of it, or the folder to look in. */
  private static Path fixed(Path pattern) {
    Path fixed = pattern;
    for (Path part = pattern; part != null; part = part.getParent()) {
      if (WILD.matcher(part.toString()).find()) {
        fixed = part.toAbsolutePath().getParent();
      }
    }
    return fixed;
  }

  /** The path, where it is one of this machine. */
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
