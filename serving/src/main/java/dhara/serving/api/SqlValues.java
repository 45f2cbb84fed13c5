package dhara.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.serving.rows.Cells;
import dhara.serving.rows.SheetColumn;
import dhara.serving.views.ColumnType;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.duckdb.DuckDBStruct;

/**
 * The rows of a result of SQL, with the types of the API: whole numbers up to 64 bits are longs,
 * greater ones decimals; dates, times and intervals are text; timestamps are instants of UTC;
 * lists, structs and maps are JSON.
 */
final class SqlValues {

  private static final Pattern LONG = Pattern.compile("U?(TINY|SMALL)INT|U?INTEGER|BIGINT");
  private static final Pattern HUGE = Pattern.compile("UBIGINT|U?HUGEINT|BIGNUM");
  private static final Pattern NESTED = Pattern.compile("(STRUCT|MAP|UNION|ARRAY|LIST)\\b.*|.*\\]");

  private final ResultSet rows;
  private final List<SheetColumn> columns = new ArrayList<>();
  private final List<Boolean> nested = new ArrayList<>();
  private final List<Boolean> zoned = new ArrayList<>();

  SqlValues(ResultSet rows) throws SQLException {
    this.rows = rows;
    ResultSetMetaData metadata = rows.getMetaData();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      String type = metadata.getColumnTypeName(i).toUpperCase(Locale.ROOT);
      nested.add(NESTED.matcher(type).matches());
      zoned.add(type.contains("ZONE"));
      columns.add(new SheetColumn(metadata.getColumnLabel(i), type(type)));
    }
  }

  /** The columns, in their order. */
  List<SheetColumn> columns() {
    return columns;
  }

  /** The type in the API of a type of the database. */
  static ColumnType type(String type) {
    if (NESTED.matcher(type).matches() || type.equals("JSON")) {
      return ColumnType.JSON;
    }
    if (LONG.matcher(type).matches()) {
      return ColumnType.LONG;
    }
    if (HUGE.matcher(type).matches() || type.startsWith("DECIMAL")) {
      return ColumnType.DECIMAL;
    }
    if (type.startsWith("TIMESTAMP")) {
      return ColumnType.INSTANT;
    }
    return switch (type) {
      case "FLOAT", "DOUBLE" -> ColumnType.DOUBLE;
      case "BOOLEAN" -> ColumnType.BOOLEAN;
      default -> ColumnType.TEXT;
    };
  }

  /** The values of the row at which the result stands. */
  List<@Nullable Object> row() throws SQLException {
    List<@Nullable Object> row = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      row.add(cell(i));
    }
    return row;
  }

  private @Nullable Object cell(int column) throws SQLException {
    ColumnType type = columns.get(column).type();
    if (type == ColumnType.TEXT) {
      return rows.getString(column + 1);
    } else if (type == ColumnType.INSTANT && !zoned.get(column)) {
      LocalDateTime at = rows.getObject(column + 1, LocalDateTime.class);
      return at == null ? null : at.toInstant(ZoneOffset.UTC);
    }
    Object value = rows.getObject(column + 1);
    return value == null ? null : value(column, value);
  }

  private Object value(int column, Object value) throws SQLException {
    return switch (columns.get(column).type()) {
      case LONG -> ((Number) value).longValue();
      case DOUBLE -> ((Number) value).doubleValue();
      case DECIMAL -> decimal(value);
      case BOOLEAN -> value;
      case INSTANT -> ((OffsetDateTime) value).toInstant();
      case JSON -> nested.get(column) ? json(value) : parsed(value.toString());
      case TEXT -> value.toString();
    };
  }

  private static BigDecimal decimal(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    return value instanceof BigInteger whole
        ? new BigDecimal(whole)
        : new BigDecimal(value.toString());
  }

  private static JsonNode parsed(String json) {
    try {
      return Cells.JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("the database checks what is JSON: " + json, e);
    }
  }

  /** A value within a list or a struct. */
  private static JsonNode json(@Nullable Object value) throws SQLException {
    if (value instanceof Array array) {
      ArrayNode list = Cells.JSON.createArrayNode();
      for (Object element : (Object[]) array.getArray()) {
        list.add(json(element));
      }
      return list;
    }
    if (value instanceof DuckDBStruct struct) {
      return json(struct.getMap());
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = Cells.JSON.createObjectNode();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        object.set(String.valueOf(entry.getKey()), json(entry.getValue()));
      }
      return object;
    }
    if (value instanceof Timestamp at) {
      return json(at.toLocalDateTime().toInstant(ZoneOffset.UTC));
    }
    if (value instanceof LocalDateTime at) {
      return json(at.toInstant(ZoneOffset.UTC));
    }
    if (value instanceof OffsetDateTime at) {
      return json(at.toInstant());
    }
    if (value instanceof Instant at) {
      return Cells.JSON.getNodeFactory().textNode(Cells.text(at));
    }
    boolean plain = value == null || value instanceof Number || value instanceof Boolean;
    return Cells.JSON.valueToTree(plain ? value : value.toString());
  }
}
