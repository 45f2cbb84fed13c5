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
 * Where patterns of files lead, whatever way there they name: relative, over links, or through wild
 * cards. Paths of other file systems ({@code gs://bucket/path}) are compared by their names.
 */
final class FilePaths {

  private static final String WILD = "*?[{";

  private FilePaths() {}

  /** Whether the files directly in a folder, those to come too, are some that a pattern reads. */
  static boolean reads(String pattern, String folder) {
    Path path = path(pattern);
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(name.toString()));
    return reads(path.getRoot(), names, real(path(folder)));
  }

  /** Whether two paths lead to one place. */
  static boolean same(String a, String b) {
    return real(path(a)).equals(real(path(b)));
  }

  /**
   * @param from a folder without links
   * @param names what follows it in the pattern
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
      // A pattern that ends in a folder's name reads what is in it.
      boolean leads = !rest.isEmpty() || (!wild(names.get(0)) && Files.isDirectory(next));
      if (leads && reads(next, rest, folder)) {
        return true;
      }
    }
    return false;
  }

  /** The folders of a name: links, and the one that is on the way to {@code folder}. */
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

  /** Whether a name goes on over slashes: {@code **}, or braces with a slash between them. */
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

  /** The path without links, as far as it is there. */
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
