package dhara.tools.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.connectors.Endpoint;
import dhara.terminal.Console;
import dhara.terminal.Grid;
import dhara.terminal.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Prints answers on the console, in the order of their windows and keys: an aligned table on a
 * terminal, JSON lines if the output is piped. If an answer contains a list of records, the table
 * has a line for each of them, with the answer's other cells on the first.
 */
final class Table {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};
  private static final String ROWS = "20";
  private static final int WIDEST = 60;
  private static final String START = "window_start";

  private Table() {}

  /**
   * Prints rows.
   *
   * @param name the name of the output
   * @param lines passes on each row as a JSON object; only the rows that are shown are held
   * @param sink the console with its parameters: {@code format=table|jsonl}, {@code rows}, where 0
   *     means all; by default 20 of a table, and all of JSON lines
   */
  static void print(String name, Lines lines, Endpoint sink, Console console) throws IOException {
    boolean table = sink.parameter("format", console.tables() ? "table" : "jsonl").equals("table");
    int rows = Integer.parseInt(sink.parameter("rows", table ? ROWS : "0"));
    // Sorted by time, then by the key, which comes first in a row.
    Comparator<Answer> order = Comparator.comparing(Answer::start).thenComparing(Answer::line);
    PriorityQueue<Answer> first = new PriorityQueue<>(order.reversed());
    AtomicLong count = new AtomicLong();
    lines.forEach(
        line -> {
          count.incrementAndGet();
          first.add(new Answer(String.valueOf(row(line).get(START)), line));
          if (rows > 0 && first.size() > rows) {
            first.remove();
          }
        });
    List<Answer> shown = first.stream().sorted(order).toList();
    if (table) {
      // The width of a table matters only on a terminal.
      int most = console.tables() ? console.columns() : Integer.MAX_VALUE;
      console.out().printf("%n%s: %,d answers%n", name, count.get());
      aligned(shown.stream().map(answer -> row(answer.line)).toList(), most)
          .forEach(console.out()::println);
    } else {
      shown.forEach(answer -> console.out().println(answer.line));
    }
    if (shown.size() < count.get()) {
      String format = sink.parameters().containsKey("format") ? "format=table&" : "";
      (table ? console.out() : console.err())
          .printf(
              "… and %,d more; all of them with %s=\"console?%srows=0\"%n",
              count.get() - shown.size(), sink.option(), table ? format : "");
    }
  }

  /** Lines, one after the other. */
  @FunctionalInterface
  interface Lines {
    void forEach(Consumer<String> line) throws IOException;
  }

  private record Answer(String start, String line) {}

  private static Map<String, Object> row(String line) {
    try {
      return JSON.readValue(line, ROW);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the run kept what is no JSON: " + line, e);
    }
  }

  private static List<String> aligned(List<Map<String, Object>> answers, int most)
      throws IOException {
    List<Map<String, Object>> rows = answers.stream().flatMap(a -> unfolded(a).stream()).toList();
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.keySet()));
    List<Grid.Column> columns = new ArrayList<>();
    for (String name : names) {
      List<String> cells = new ArrayList<>();
      for (Map<String, Object> row : rows) {
        cells.add(cell(row.get(name)));
      }
      boolean right =
          rows.stream()
              .map(row -> row.get(name))
              .filter(Objects::nonNull)
              .allMatch(Number.class::isInstance);
      columns.add(new Grid.Column(name, cells, right));
    }
    // The key and the start of the window identify an answer.
    return Grid.lines(columns, List.copyOf(names).indexOf(START) + 1, most);
  }

  /** One row for each record of the answer's first list of records; without one, one row. */
  private static List<Map<String, Object>> unfolded(Map<String, Object> answer) {
    for (Map.Entry<String, Object> list : answer.entrySet()) {
      List<Map<String, Object>> records = records(list.getValue());
      if (!records.isEmpty()) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> record : records) {
          Map<String, Object> row = new LinkedHashMap<>();
          answer.forEach((name, value) -> row.put(name, rows.isEmpty() ? value : null));
          row.remove(list.getKey());
          record.forEach(
              (name, value) ->
                  row.put(answer.containsKey(name) ? list.getKey() + "." + name : name, value));
          rows.add(row);
        }
        return rows;
      }
    }
    return List.of(answer);
  }

  @SuppressWarnings("unchecked") // objects of JSON have text for keys
  private static List<Map<String, Object>> records(Object value) {
    return value instanceof List<?> list && list.stream().allMatch(Map.class::isInstance)
        ? (List<Map<String, Object>>) list
        : Collections.emptyList();
  }

  private static String cell(Object value) throws IOException {
    String text =
        value == null
            ? ""
            : value instanceof String || value instanceof Number || value instanceof Boolean
                ? value.toString()
                : JSON.writeValueAsString(value);
    String line = Printable.line(text);
    return Grid.width(line) <= WIDEST
        ? line
        : line.substring(0, line.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }
}
