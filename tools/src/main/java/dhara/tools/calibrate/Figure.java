package dhara.tools.calibrate;

import dhara.terminal.Grid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A number of a plan or of an advice.
 *
 * @param name what it is, in a few words
 * @param value in its unit: bytes, seconds, events a second
 * @param unit how it is shown
 * @param mark where it comes from
 * @param why what it rests on: an option, a formula, a page
 */
public record Figure(String name, double value, Unit unit, Mark mark, String why) {

  /** The value with its unit, as a person reads it. */
  public String text() {
    return unit.text(value);
  }

  /** The same as a lasting part of a sentence: {@code 57,000 events/s (measured)}. */
  public String inWords() {
    return text() + " (" + mark + ")";
  }

  /** Lines for a person: name, value, mark and why, in columns. */
  public static List<String> lines(List<Figure> figures) {
    int names = figures.stream().mapToInt(figure -> Grid.width(figure.name)).max().orElse(0);
    int values = figures.stream().mapToInt(figure -> Grid.width(figure.text())).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (Figure figure : figures) {
      lines.add(
          "  "
              + figure.name
              + " ".repeat(names - Grid.width(figure.name) + 2)
              + " ".repeat(values - Grid.width(figure.text()))
              + figure.text()
              + "  "
              + "%-8s".formatted(figure.mark)
              + "  "
              + figure.why);
    }
    return lines;
  }

  /** Its fields for JSON; a value that is not finite is null, because JSON has none. */
  public Map<String, Object> json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("value", Double.isFinite(value) ? value : null);
    fields.put("unit", unit.name().toLowerCase(Locale.ROOT));
    fields.put("text", text());
    fields.put("mark", mark.toString());
    fields.put("why", why);
    return fields;
  }
}
