package dhara.serving.store;

import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ServingStatus.AnalysisStatus;
import dhara.serving.views.ViewColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The ledgers, dead letters and late events of the analyses, in a few numbers each. */
final class AnalysisBooks {

  /** A ledger that grows so often is a stream's; one of a backfill appears once for each input. */
  private static final int GROWS = 3;

  private final Map<String, List<Map<String, @Nullable Object>>> ledgers =
      new ConcurrentHashMap<>();
  private final Map<String, Map<String, Long>> deadLetters = new ConcurrentHashMap<>();
  private final Map<String, Long> late = new ConcurrentHashMap<>();
  private final Map<String, List<String>> facts = new ConcurrentHashMap<>();
  private final Map<String, Growth> growths = new ConcurrentHashMap<>();

  /**
   * How a ledger has grown.
   *
   * @param read the records of all inputs
   * @param times how often there were more than before
   */
  private record Growth(long read, int times) {

    static final Growth NONE = new Growth(0, 0);

    Growth to(long now) {
      return now > read ? new Growth(now, times + 1) : this;
    }
  }

  /** Makes the inputs of facts of an analysis known. */
  void facts(String analysis, List<String> inputs) {
    facts.put(analysis, List.copyOf(inputs));
  }

  /** Reads those of a view that was defined or has changed; nothing if it holds answers. */
  void read(Connection connection, ServedView view) throws SQLException {
    String table = "store." + ViewTable.quoted(view.table());
    try (Statement statement = connection.createStatement()) {
      if (view.kind() == Kind.LEDGER) {
        List<Map<String, @Nullable Object>> inputs = ledger(statement, view, table);
        ledgers.put(view.analysis(), inputs);
        long read = inputs.stream().mapToLong(AnalysisBooks::read).sum();
        Growth before = growths.getOrDefault(view.analysis(), Growth.NONE);
        growths.put(view.analysis(), before.to(read));
      } else if (view.kind() == Kind.DEAD_LETTERS) {
        Map<String, Long> reasons = new TreeMap<>();
        try (ResultSet rows =
            statement.executeQuery(
                "select reason, cast(sum(coalesce(records, 1)) as bigint) from "
                    + table
                    + " group by reason")) {
          while (rows.next()) {
            reasons.put(rows.getString(1), rows.getLong(2));
          }
        }
        deadLetters.put(view.analysis(), reasons);
      } else if (view.kind() == Kind.LATE) {
        try (ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
          rows.next();
          late.put(view.analysis(), rows.getLong(1));
        }
      }
    }
  }

  private static List<Map<String, @Nullable Object>> ledger(
      Statement statement, ServedView view, String table) throws SQLException {
    List<ViewColumn> columns = StoredRow.columns(view);
    List<String> names = columns.stream().map(column -> ViewTable.quoted(column.name())).toList();
    List<Map<String, @Nullable Object>> inputs = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select " + String.join(", ", names) + " from " + table + " order by 1")) {
      while (rows.next()) {
        Map<String, @Nullable Object> input = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
          input.put(columns.get(i).name(), StoredCells.get(rows, i + 1, columns.get(i).type()));
        }
        inputs.add(input);
      }
    }
    return inputs;
  }

  /** The books of each analysis of some views. */
  List<AnalysisStatus> all(List<ServedView> views) {
    List<AnalysisStatus> all = new ArrayList<>();
    TreeSet<String> analyses = new TreeSet<>();
    views.forEach(view -> analyses.add(view.analysis()));
    analyses.remove("");
    for (String analysis : analyses) {
      all.add(
          new AnalysisStatus(
              analysis,
              ledgers.getOrDefault(analysis, List.of()),
              deadLetters.getOrDefault(analysis, Map.of()),
              late.getOrDefault(analysis, 0L),
              silent(analysis)));
    }
    return all;
  }

  private static long read(Map<String, @Nullable Object> input) {
    return input.get("read") instanceof Number read ? read.longValue() : 0;
  }

  /**
   * A ledger has no row of an input before its first record, and no watermark before the first
   * record of the last input. The ledger of a backfill has no watermark either, but does not grow.
   */
  private List<String> silent(String analysis) {
    List<String> silent = new ArrayList<>(facts.getOrDefault(analysis, List.of()));
    List<Map<String, @Nullable Object>> inputs = ledgers.getOrDefault(analysis, List.of());
    inputs.forEach(input -> silent.remove(String.valueOf(input.get("input"))));
    boolean held = inputs.stream().allMatch(input -> input.get("watermark") == null);
    boolean grows = growths.getOrDefault(analysis, Growth.NONE).times >= GROWS + inputs.size() - 1;
    return held && grows ? silent : List.of();
  }
}
