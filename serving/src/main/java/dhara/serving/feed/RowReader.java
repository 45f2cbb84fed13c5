package dhara.serving.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.serving.rows.Cells;
import dhara.serving.store.StoredRow;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Converts rows as they were written into those of a view, by the types of its columns: a row of
 * JSON, of CSV, whose cells are texts, and of Avro give the same.
 */
final class RowReader {

  private final ServedView view;
  private final List<ViewColumn> columns;
  private final Set<Integer> identifying = new TreeSet<>();
  private final boolean revised;
  private final Set<String> unknown = new ConcurrentSkipListSet<>();

  RowReader(ServedView view) {
    this.view = view;
    this.columns = StoredRow.columns(view);
    this.revised = !view.columns(Role.REVISION).isEmpty();
    for (int i = 0; i < columns.size(); i++) {
      Role role = columns.get(i).role();
      // An incident is one row, whatever its window.
      if (view.kind() == Kind.EFFECTS ? i == 0 : role == Role.KEY || role == Role.WINDOW) {
        identifying.add(i);
      }
    }
  }

  ServedView view() {
    return view;
  }

  /** Columns of rows that the view does not have. */
  Set<String> unknown() {
    return unknown;
  }

  /**
   * Converts a row.
   *
   * @throws IllegalStateException if it is none of this view; see {@link WrittenRow#unreadable}
   */
  StoredRow read(WrittenRow row) {
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    List<@Nullable Object> identity = new ArrayList<>(identifying.size());
    int found = revised && row.columns().has(OutputViews.REVISION) ? 1 : 0;
    for (int i = 0; i < columns.size(); i++) {
      ViewColumn column = columns.get(i);
      JsonNode node = row.columns().get(column.name());
      found += node == null ? 0 : 1;
      Object value =
          node == null || node.isNull() || (row.tombstone() && column.role() == Role.VALUE)
              ? null
              : value(row, column, node);
      if (node == null && identifying.contains(i)) {
        throw row.unreadable("it lacks the column " + column.name() + " of " + view.name());
      }
      values.add(value);
      if (identifying.contains(i)) {
        identity.add(value);
      }
    }
    if (found < row.columns().size() && unknown.size() < columns.size()) {
      for (Iterator<String> names = row.columns().fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (view.column(name).isEmpty()) {
          unknown.add(name);
        }
      }
    }
    return new StoredRow(StoredRow.id(identity), revision(row), row.tombstone(), values);
  }

  private long revision(WrittenRow row) {
    JsonNode node = revised ? row.columns().get(OutputViews.REVISION) : null;
    if (node == null || node.isNull()) {
      return row.tombstone() ? StoredRow.ALL_BEFORE : 0;
    }
    Object revision =
        value(row, new ViewColumn(OutputViews.REVISION, ColumnType.LONG, Role.REVISION), node);
    if ((Long) revision < 0) {
      throw row.unreadable("its revision is below zero: " + revision);
    }
    return (Long) revision;
  }

  private static Object value(WrittenRow row, ViewColumn column, JsonNode node) {
    try {
      return switch (column.type()) {
        case TEXT -> node.isValueNode() ? node.asText() : node.toString();
        case LONG ->
            node.isTextual()
                ? Long.parseLong(node.textValue())
                : number(node).decimalValue().longValueExact();
        case DOUBLE ->
            node.isTextual() ? Double.parseDouble(node.textValue()) : number(node).doubleValue();
        case DECIMAL ->
            node.isTextual() ? new BigDecimal(node.textValue()) : number(node).decimalValue();
        case BOOLEAN -> truth(node);
        case INSTANT -> instant(node.asText());
        case JSON -> node.isTextual() ? parsed(node) : node;
      };
    } catch (ArithmeticException | NumberFormatException | DateTimeException e) {
      IllegalStateException unreadable =
          row.unreadable(
              "its %s is no %s of %s: %s"
                  .formatted(column.name(), column.type().label(), row.name(), node));
      unreadable.addSuppressed(e);
      throw unreadable;
    }
  }

  private static Instant instant(String text) {
    Instant instant = Instant.parse(text).truncatedTo(ChronoUnit.MICROS);
    long unused = Cells.micros(instant); // the store cannot hold what is too far away
    return instant;
  }

  private static JsonNode number(JsonNode node) {
    if (!node.isNumber()) {
      throw new NumberFormatException(node.toString());
    }
    return node;
  }

  private static boolean truth(JsonNode node) {
    String text = node.asText();
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new NumberFormatException(text);
  }

  /** A list or an object in a cell of CSV. */
  private static JsonNode parsed(JsonNode cell) {
    try {
      return RowJson.value(cell.textValue());
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(cell.textValue());
    }
  }
}
