package dhara.pipelines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The picture of an analysis: the first {@code <pre>} of the javadoc of its class, so that it is
 * drawn once, where the code is. The build puts the sources of the analyses beside their classes.
 */
public final class Diagram {

  private static final Pattern PICTURE =
      Pattern.compile("^ \\* <pre>\\R(.*?)^ \\* </pre>", Pattern.DOTALL | Pattern.MULTILINE);

  private Diagram() {}

  /** The picture of an analysis, in lines; empty if its source is not there, or draws none. */
  public static Optional<String> of(Analysis<?> analysis) {
    Class<?> type = analysis.getClass();
    try (InputStream source = type.getResourceAsStream(type.getSimpleName() + ".java")) {
      if (source == null) {
        return Optional.empty();
      }
      return in(new String(source.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<String> in(String source) {
    int declared = source.indexOf("\npublic ");
    Matcher matcher = PICTURE.matcher(source);
    if (!matcher.find() || matcher.start() > declared) {
      return Optional.empty();
    }
    return Optional.of(
        matcher
            .group(1)
            .replaceAll("(?m)^ \\* ?", "")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
            .stripTrailing() // before the next, for which the line after the last break counts
            .stripIndent());
  }
}
