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
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The ledgers, dead letters and late events of the analyses, in a few numbers each. */
final class AnalysisBooks {

  private final Map<String, List<Map<String, @Nullable Object>>> ledgers =
      new ConcurrentHashMap<>();
  private final Map<String, Map<String, Long>> deadLetters = new ConcurrentHashMap<>();
  private final Map<String, Long> late = new ConcurrentHashMap<>();
  private final Map<String, List<String>> facts = new ConcurrentHashMap<>();

  /** Makes the inputs of facts of an analysis known. */
  void facts(String analysis, List<String> inputs) {
    facts.put(analysis, List.copyOf(inputs));
  }

  /** Reads those of a view that was defined or has changed; nothing if it holds answers. */
  void read(Connection connection, ServedView view) throws SQLException {
    String table = "store." + ViewTable.quoted(view.table());
    try (Statement statement = connection.createStatement()) {
      if (view.kind() == Kind.LEDGER) {
        ledgers.put(view.analysis(), ledger(statement, view, table));
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

  /**
   * A ledger has no row of an input before its first record, and no watermark before the first
   * record of the last input. Rows of a backfill have neither, but their inputs were all read.
   */
  private List<String> silent(String analysis) {
    List<String> silent = new ArrayList<>(facts.getOrDefault(analysis, List.of()));
    boolean held = false;
    for (Map<String, @Nullable Object> input : ledgers.getOrDefault(analysis, List.of())) {
      silent.remove(String.valueOf(input.get("input")));
      held |= input.get("watermark") == null && !Objects.equals(input.get("revision"), 0L);
    }
    return held ? silent : List.of();
  }
}
