package dhara.connectors.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares file patterns by their real paths, after relative paths, links and wild cards are
 * resolved. Paths of other file systems ({@code gs://bucket/path}) are compared by name.
 */
final class FilePaths {

  private static final String WILD = "*?[{";

  private FilePaths() {}

  /** Whether a pattern reads files that are, or will be, directly in a folder. */
  static boolean reads(String pattern, String folder) {
    Path path = path(pattern);
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(name.toString()));
    return reads(path.getRoot(), names, real(path(folder)));
  }

  /** Whether two paths lead to the same place. */
  static boolean same(String a, String b) {
    return real(path(a)).equals(real(path(b)));
  }

  /**
   * Whether a pattern reads files of a folder.
   *
   * @param from a folder without links
   * @param names the rest of the pattern
   * @param folder without links
   */
  private static boolean reads(Path from, List<String> names, Path folder) {
    if (names.isEmpty() || anyDepth(names.get(0))) {
      return folder.startsWith(from);
    } else if (names.size() == 1 && folder.equals(from)) {
      return true;
    }
    List<String> rest = names.subList(1, names.size());
    for (Path next : next(from, names.get(0), folder)) {
      // A pattern that ends in a folder's name reads the files in it.
      boolean leads = !rest.isEmpty() || (!wild(names.get(0)) && Files.isDirectory(next));
      if (leads && reads(next, rest, folder)) {
        return true;
      }
    }
    return false;
  }

  /** The folders that match a name: links, and the one on the way to {@code folder}. */
  private static List<Path> next(Path from, String name, Path folder) {
    if (!wild(name)) {
      return List.of(real(from.resolve(name)));
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
    List<Path> next = new ArrayList<>();
    if (folder.startsWith(from) && !folder.equals(from)) {
      Path onTheWay = folder.getName(from.getNameCount());
      if (matcher.matches(onTheWay)) {
        next.add(from.resolve(onTheWay));
      }
    }
    if (Files.isDirectory(from)) {
      try (Stream<Path> entries = Files.list(from)) {
        entries
            .filter(entry -> matcher.matches(entry.getFileName()))
            .filter(Files::isSymbolicLink)
            .filter(Files::isDirectory)
            .forEach(link -> next.add(real(link)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return next;
  }

  private static boolean wild(String name) {
    return name.chars().anyMatch(c -> WILD.indexOf(c) >= 0);
  }

  /** Whether a name matches across slashes: {@code **}, or braces with a slash in them. */
  private static boolean anyDepth(String name) {
    return name.contains("**")
        || name.chars().filter(c -> c == '{').count() != name.chars().filter(c -> c == '}').count();
  }

  private static Path path(String text) {
    String local = text.replaceFirst("^file:(//)?(?=/)", "");
    return local.contains("://")
        ? Path.of("/" + local.replaceFirst("://", ":/"))
        : Path.of(local).toAbsolutePath();
  }

  /** The path without links, as far as it exists. */
  private static Path real(Path path) {
    Path there = path;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null) {
      return path.normalize();
    }
    try {
      return there.toRealPath().resolve(there.relativize(path)).normalize();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
