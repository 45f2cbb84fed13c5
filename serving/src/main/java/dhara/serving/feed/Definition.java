package dhara.serving.feed;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.WrittenRow;
import dhara.pipelines.Analysis;
import dhara.serving.store.ViewStore;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The columns of a view: those of an output, or, if the name of the view does not tell which, by
 * its first rows. If an output of exactly one analysis has their columns, they have its types;
 * otherwise the types are inferred.
 */
final class Definition {

  private final String name;
  private final Collection<Analysis<?>> analyses;
  private final ViewStore store;
  private @Nullable RowReader reader;

  /**
   * @param view null if it is to be inferred
   * @param analyses whose outputs it may be
   */
  Definition(
      String name, @Nullable ServedView view, Collection<Analysis<?>> analyses, ViewStore store)
      throws SQLException {
    this.name = name;
    this.analyses = analyses;
    this.store = store;
    store.claim(name, OutputViews.table(name));
    ServedView known = view == null ? store.definedBefore(name) : view;
    if (known != null) {
      define(known);
    }
  }

  String name() {
    return name;
  }

  /** Whether it is known to hold effects, which a backfill does not write unless it is asked to. */
  synchronized boolean holdsEffects() {
    return reader != null && reader.view().kind() == Kind.EFFECTS;
  }

  private RowReader define(ServedView view) throws SQLException {
    store.define(view);
    reader = new RowReader(view);
    return reader;
  }

  /**
   * What reads its rows; null if there was no row yet that tells its columns.
   *
   * @param rows that came
   */
  synchronized @Nullable RowReader reader(List<WrittenRow> rows) throws SQLException {
    if (reader == null) {
      List<WrittenRow> whole =
          rows.stream().filter(row -> !row.tombstone() && isAnswer(row)).toList();
      return whole.isEmpty() ? null : define(inferred(whole));
    }
    return reader;
  }

  private static boolean isAnswer(WrittenRow row) {
    return row.columns().hasNonNull(OutputViews.START) && row.columns().hasNonNull(OutputViews.END);
  }

  /** Why a row that has come before any answer is left out. */
  static IllegalStateException noAnswer(WrittenRow row) {
    return row.unreadable(
        "it has no window_start and window_end, so it is no answer; to serve what stands"
            + " beside answers, name the view ANALYSIS.late, ANALYSIS.dead-letters or"
            + " ANALYSIS.ledger");
  }

  private ServedView inferred(List<WrittenRow> rows) {
    Set<String> names = new TreeSet<>();
    rows.get(0).columns().fieldNames().forEachRemaining(names::add);
    List<ServedView> same = new ArrayList<>();
    for (Analysis<?> analysis : analyses) {
      for (ServedView view : OutputViews.of(analysis)) {
        Set<String> columns = new TreeSet<>();
        view.columns().stream()
            .filter(column -> column.role() != Role.STATE)
            .forEach(column -> columns.add(column.name()));
        if (columns.equals(names) && (view.kind() == Kind.ANSWERS || view.kind() == Kind.EFFECTS)) {
          same.add(view);
        }
      }
    }
    if (same.stream().map(ServedView::columns).distinct().count() == 1) {
      ServedView one = same.get(0);
      boolean only = same.size() == 1;
      return new ServedView(
          name,
          only ? one.analysis() : "",
          only ? one.output() : "",
          only ? one.domain() : "",
          only ? one.summary() : "",
          one.kind(),
          OutputViews.table(name),
          one.columns());
    }
    return byValues(rows);
  }

  private ServedView byValues(List<WrittenRow> rows) {
    Map<String, @Nullable ColumnType> types = new LinkedHashMap<>();
    for (WrittenRow row : rows) {
      for (Iterator<Map.Entry<String, JsonNode>> i = row.columns().fields(); i.hasNext(); ) {
        Map.Entry<String, JsonNode> column = i.next();
        ColumnType type = type(column.getValue());
        ColumnType before = types.get(column.getKey());
        types.put(
            column.getKey(),
            type == null || before == null ? or(type, before) : both(before, type));
      }
    }
    List<ViewColumn> columns = new ArrayList<>();
    boolean key = true;
    for (Map.Entry<String, @Nullable ColumnType> each : types.entrySet()) {
      String column = each.getKey();
      if (column.equals(OutputViews.START) || column.equals(OutputViews.END)) {
        key = false;
        columns.add(new ViewColumn(column, ColumnType.INSTANT, Role.WINDOW));
      } else if (column.equals(OutputViews.REVISION)) {
        columns.add(new ViewColumn(column, ColumnType.LONG, Role.REVISION));
      } else {
        ColumnType type = each.getValue() == null ? ColumnType.TEXT : each.getValue();
        columns.add(new ViewColumn(column, type, key ? Role.KEY : Role.VALUE));
      }
    }
    return OutputViews.ofAnswers(name, columns);
  }

  private static @Nullable ColumnType or(@Nullable ColumnType one, @Nullable ColumnType other) {
    return one == null ? other : one;
  }

  /** The type of a value; null if it tells none. */
  private static @Nullable ColumnType type(JsonNode value) {
    if (value.isNull()) {
      return null;
    } else if (value.isBoolean()) {
      return ColumnType.BOOLEAN;
    } else if (value.isNumber()) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? ColumnType.LONG
          : ColumnType.DOUBLE;
    } else if (value.isContainerNode()) {
      return ColumnType.JSON;
    }
    return isInstant(value.textValue()) ? ColumnType.INSTANT : ColumnType.TEXT;
  }

  private static boolean isInstant(String text) {
    try {
      Instant unused = Instant.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static ColumnType both(ColumnType one, ColumnType other) {
    if (one == other) {
      return one;
    }
    Set<ColumnType> numbers = Set.of(ColumnType.LONG, ColumnType.DOUBLE);
    return numbers.contains(one) && numbers.contains(other) ? ColumnType.DOUBLE : ColumnType.TEXT;
  }
}
