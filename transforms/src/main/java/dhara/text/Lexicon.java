package dhara.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;

/** The function words of {@code function-words.txt}, folded as {@link Words} folds a text. */
final class Lexicon {

  private static final String FILE = "function-words.txt";
  private static final Map<String, Set<String>> LISTS = read();

  private Lexicon() {}

  /** The words of a list. */
  static Set<String> list(String name) {
    Set<String> words = LISTS.get(name);
    if (words == null) {
      throw new IllegalArgumentException(
          FILE + " has no list " + name + "; it has " + LISTS.keySet());
    }
    return words;
  }

  private static Map<String, Set<String>> read() {
    Map<String, Set<String>> lists = new HashMap<>();
    try (InputStream file = Lexicon.class.getResourceAsStream(FILE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          StringTokenizer words = new StringTokenizer(line);
          Set<String> list = lists.computeIfAbsent(words.nextToken(), name -> new HashSet<>());
          while (words.hasMoreTokens()) {
            list.add(Words.folded(words.nextToken()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
    return Collections.unmodifiableMap(lists);
  }
}
