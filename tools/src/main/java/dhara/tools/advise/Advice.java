package dhara.tools.advise;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.tools.calibrate.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An advice.
 *
 * @param analysis the analysis that it is about
 * @param mode stream or batch
 * @param engine on which engine; null if none at hand can do it
 * @param why sentences without a full stop, in the order in which they decided
 * @param inputs what it rests on
 * @param command what to type
 * @param notes what the reader should know before trusting it
 */
record Advice(
    String analysis,
    Mode mode,
    @Nullable String engine,
    List<String> why,
    List<Figure> inputs,
    String command,
    List<String> notes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  Advice {
    why = List.copyOf(why);
    inputs = List.copyOf(inputs);
    notes = List.copyOf(notes);
  }

  /** As lines for a person. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Run %s as a %s%s".formatted(analysis, mode, engine == null ? "" : ", on " + engine));
    lines.add("");
    lines.add("Because");
    why.forEach(reason -> lines.add("  - " + reason));
    lines.add("");
    lines.add("It rests on");
    lines.addAll(Figure.lines(inputs));
    if (!notes.isEmpty()) {
      lines.add("");
      lines.add("Know that");
      notes.forEach(note -> lines.add("  - " + note));
    }
    lines.add("");
    lines.add("Type");
    lines.add("  " + command);
    return lines;
  }

  /** As a JSON object. */
  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("analysis", analysis);
    fields.put("mode", mode.toString());
    fields.put("engine", engine);
    fields.put("why", why);
    fields.put("inputs", inputs.stream().map(Figure::json).toList());
    fields.put("notes", notes);
    fields.put("command", command);
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an advice is always written: " + e.getMessage(), e);
    }
  }
}
