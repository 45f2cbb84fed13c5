package dhara.connectors.files;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.options.Nearest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;

/** Refuses file paths that are probably mistakes. */
final class FilePlace {

  private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9]*)://.*");
  private static final Pattern WORD = Pattern.compile("[^/\\\\?:]+");
  private static final Set<String> FORMATS = Set.of("jsonl", "csv", "avro", "json", "table");

  private FilePlace() {}

  /**
   * Checks that the class path has the file system of a place.
   *
   * @throws dhara.options.BadOption if it does not; the error lists those that it has
   */
  static void checkFileSystem(Endpoint endpoint) {
    Matcher scheme = SCHEME.matcher(endpoint.path());
    if (scheme.matches() && !isThere(scheme.group(1))) {
      List<String> there = new ArrayList<>();
      Endpoint.FILE_SYSTEMS.stream()
          .filter(FilePlace::isThere)
          .sorted()
          .forEach(each -> there.add(each + "://"));
      throw endpoint.bad(
          "this jar has no file system for "
              + scheme.group(1)
              + "://; it has "
              + String.join(", ", there));
    }
  }

  private static boolean isThere(String scheme) {
    try {
      var unused = FileSystems.matchNewResource(scheme + "://bucket/name", false);
      return true;
    } catch (IllegalArgumentException e) {
      return false; // Beam throws this for an unknown scheme
    }
  }

  /**
   * Checks that an output folder is meant as one: a single word, without a slash or a scheme, may
   * be a mistyped {@code console}.
   *
   * @throws dhara.options.BadOption if it is a single word, and no folder has this name yet
   */
  static void checkWord(Endpoint endpoint) {
    String word = endpoint.uri().replaceFirst("\\?.*", "");
    if (!WORD.matcher(word).matches()
        || word.equals("~")
        || Files.isDirectory(Path.of(endpoint.path()))) {
      return;
    }
    String ending = word.substring(word.lastIndexOf('.') + 1);
    throw endpoint.bad(
        "is neither a scheme nor a path."
            + Nearest.question(word, Connector.schemes())
            + (FORMATS.contains(ending)
                ? " A format is a parameter: files:DIR?format=" + ending + "."
                : "")
            + " A folder of this name is files:"
            + word);
  }
}
