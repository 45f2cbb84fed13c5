package dhara.tools.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.pipelines.Training;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Rows of features, and when each was found to be positive: what a backfill has written. */
final class History {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DAY_MILLIS = 86_400_000;

  private final List<String> features;
  private final List<Row> rows;
  private final Map<String, Instant> found;
  private final Instant last;

  /** A row of an event. */
  private static final class Row {
    private final String id;
    private final String group;
    private final Instant at;
    private final float[] values;

    private Row(String id, String group, Instant at, float[] values) {
      this.id = id;
      this.group = group;
      this.at = at;
      this.values = values;
    }
  }

  private History(List<String> features, List<Row> rows, Map<String, Instant> found, Instant last) {
    this.features = features;
    this.rows = rows;
    this.found = found;
    this.last = last;
  }

  /**
   * Reads what a backfill of {@link LabelledRows} has written.
   *
   * @param answers the folder of all outputs
   * @throws BadOption if there are no rows or no labels
   */
  static History read(Path answers, Training<?> training) throws IOException {
    List<String> features = RecordFields.of(training.rows().value()).names();
    List<Row> rows = new ArrayList<>();
    forEach(
        answers.resolve(training.rows().name()),
        row ->
            rows.add(
                new Row(
                    row.path(training.id()).asText(),
                    row.path(training.group()).asText(),
                    start(row),
                    values(row, features))));
    Map<String, Instant> found = new HashMap<>();
    forEach(
        answers.resolve(LabelledRows.FINDINGS.name()),
        finding ->
            found.merge(
                finding.path(LabelledRows.ABOUT).asText(),
                start(finding),
                (one, other) -> one.isBefore(other) ? one : other));
    if (rows.isEmpty()) {
      throw new BadOption("--events", null, "gives no rows to learn from");
    } else if (found.isEmpty()) {
      throw new BadOption(
          "--events",
          null,
          training.labels().name() + " has no label, so that nothing is known to be positive");
    }
    rows.sort(Comparator.comparing((Row row) -> row.at).thenComparing(row -> row.id));
    Instant lastRow = rows.get(rows.size() - 1).at;
    Instant lastFound = Collections.max(found.values());
    return new History(features, rows, found, lastRow.isAfter(lastFound) ? lastRow : lastFound);
  }

  private static Instant start(JsonNode answer) {
    return Instant.parse(answer.path("window_start").asText());
  }

  private static float[] values(JsonNode row, List<String> features) {
    float[] values = new float[features.size()];
    for (int n = 0; n < values.length; n++) {
      JsonNode value = row.path(features.get(n));
      values[n] = value.isNumber() ? value.floatValue() : Float.NaN;
    }
    return values;
  }

  private static void forEach(Path folder, Consumer<JsonNode> each) throws IOException {
    for (Path file : files(folder)) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          each.accept(JSON.readTree(line));
        }
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().matches("[^._].*\\.jsonl"))
          .sorted()
          .toList();
    }
  }

  int size() {
    return rows.size();
  }

  /** The time of the first row. */
  Instant first() {
    return rows.get(0).at;
  }

  /**
   * The end of what is known.
   *
   * @param until where the user ended it; null for after the last row and label
   */
  Instant end(@Nullable Instant until) {
    return until == null ? last.plusMillis(1) : until;
  }

  /**
   * The rows of a range of time, as they were labelled at a moment.
   *
   * @param from inclusive
   * @param until exclusive
   * @param known a label counts if it was found before
   */
  Examples examples(Instant from, Instant until, Instant known) {
    List<Row> inRange =
        rows.stream().filter(row -> !row.at.isBefore(from) && row.at.isBefore(until)).toList();
    int count = inRange.size();
    String[] ids = new String[count];
    float[][] values = new float[count][];
    boolean[] labels = new boolean[count];
    String[] groups = new String[count];
    long[] days = new long[count];
    for (int n = 0; n < count; n++) {
      Row row = inRange.get(n);
      Instant at = found.get(row.id);
      ids[n] = row.id;
      values[n] = row.values;
      labels[n] = at != null && at.isBefore(known);
      groups[n] = row.group;
      days[n] = Math.floorDiv(row.at.toEpochMilli(), DAY_MILLIS);
    }
    return new Examples(features, ids, values, labels, groups, days);
  }
}
