package dhara.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a reader of upserts ends up with: of each key and window the answer of highest revision, if
 * that does not withdraw it.
 */
public final class SettledAnswers {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};
  private static final String REVISION = "revision";

  private SettledAnswers() {}

  /** The settled answers of the files in a folder, which is not there if there are none. */
  public static List<String> in(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(SettledAnswers::holdsRows).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return of(lines);
  }

  /** Whether a file is one of rows, and no mark of the run that wrote them. */
  static boolean holdsRows(Path file) {
    return Files.isRegularFile(file) && !file.getFileName().toString().startsWith("_");
  }

  /**
   * The settled answers, without their revisions, sorted.
   *
   * @param lines answers as JSON objects, those of a key in their order: the columns before the
   *     revision are key and window; one that has {@code withdrawn} withdraws the answer
   */
  public static List<String> of(List<String> lines) throws JsonProcessingException {
    Map<List<Object>, Map<String, Object>> latest = new HashMap<>();
    for (String line : lines) {
      Map<String, Object> answer = JSON.readValue(line, ROW);
      latest.merge(key(answer), answer, (a, b) -> revision(a) > revision(b) ? a : b);
    }
    List<String> settled = new ArrayList<>();
    for (Map<String, Object> answer : latest.values()) {
      if (Boolean.TRUE.equals(answer.get("withdrawn"))) {
        continue;
      }
      answer.remove(REVISION);
      settled.add(JSON.writeValueAsString(answer));
    }
    settled.sort(null);
    return settled;
  }

  private static List<Object> key(Map<String, Object> answer) {
    List<Object> key = new ArrayList<>();
    for (Map.Entry<String, Object> column : answer.entrySet()) {
      key.add(column.getValue());
      if (column.getKey().equals("window_end")) {
        return key;
      }
    }
    throw new IllegalArgumentException("no answer, for it has no window: " + answer);
  }

  private static long revision(Map<String, Object> answer) {
    return ((Number) answer.getOrDefault(REVISION, 0)).longValue();
  }
}
