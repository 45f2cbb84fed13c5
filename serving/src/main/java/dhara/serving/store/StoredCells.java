package dhara.serving.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.RowJson;
import dhara.serving.rows.Cells;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ViewColumn;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.duckdb.DuckDBAppender;

/** The values of columns between Java, SQL and text. Instants are timestamps of UTC in SQL. */
final class StoredCells {

  /** Digits after the point of a decimal in the store; further ones are rounded. */
  private static final int SCALE = 12;

  /** Of a decimal that is compared with, and then rounded. */
  private static final int MOST_ZEROS = 1_000;

  /** Digits of a decimal in the store, those after the point included. */
  private static final int DIGITS = 38;

  private StoredCells() {}

  /** The type of a column in SQL. */
  static String sqlType(ColumnType type) {
    return switch (type) {
      case TEXT -> "varchar";
      case LONG -> "bigint";
      case DOUBLE -> "double";
      case DECIMAL -> "decimal(" + DIGITS + ", " + SCALE + ")";
      case BOOLEAN -> "boolean";
      case INSTANT -> "timestamp";
      case JSON -> "json";
    };
  }

  /** Appends a value. */
  static void append(DuckDBAppender to, ColumnType type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      to.appendNull();
      return;
    }
    switch (type) {
      case TEXT -> to.append((String) value);
      case LONG -> to.append(((Long) value).longValue());
      case DOUBLE -> to.append(((Double) value).doubleValue());
      case DECIMAL -> to.append(stored((BigDecimal) value));
      case BOOLEAN -> to.append(((Boolean) value).booleanValue());
      case INSTANT -> to.appendEpochMicros(Cells.micros((Instant) value));
      case JSON -> to.append(((JsonNode) value).toString());
    }
  }

  private static BigDecimal stored(BigDecimal value) {
    return value.setScale(SCALE, RoundingMode.HALF_EVEN);
  }

  /** Sets a parameter. */
  static void set(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value instanceof Instant instant) {
      statement.setObject(index, local(instant));
    } else if (value instanceof JsonNode json) {
      statement.setString(index, json.toString());
    } else if (value instanceof BigDecimal decimal) {
      statement.setBigDecimal(index, stored(decimal));
    } else {
      statement.setObject(index, value);
    }
  }

  /** Reads a column of the current row. */
  static @Nullable Object get(ResultSet rows, int index, ColumnType type) throws SQLException {
    Object value =
        switch (type) {
          case TEXT -> rows.getString(index);
          case LONG -> rows.getLong(index);
          case DOUBLE -> rows.getDouble(index);
          case DECIMAL -> plain(rows.getBigDecimal(index));
          case BOOLEAN -> rows.getBoolean(index);
          case INSTANT -> instant(rows.getObject(index, LocalDateTime.class));
          case JSON -> json(rows.getString(index));
        };
    return rows.wasNull() ? null : value;
  }

  private static @Nullable BigDecimal plain(@Nullable BigDecimal value) {
    if (value == null) {
      return null;
    }
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static @Nullable JsonNode json(@Nullable String text) throws SQLException {
    try {
      return text == null ? null : RowJson.value(text);
    } catch (JsonProcessingException e) {
      throw new SQLException("the store holds a value that is no JSON", e);
    }
  }

  static @Nullable Instant instant(@Nullable LocalDateTime value) {
    return value == null ? null : value.toInstant(ZoneOffset.UTC);
  }

  static LocalDateTime local(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  /**
   * Reads the text that a user compares a column with.
   *
   * @throws BadQuery if it is no value of the column's type
   */
  static Object parsed(ViewColumn column, String text) {
    try {
      return switch (column.type()) {
        case TEXT, JSON -> text;
        case LONG -> Long.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case DECIMAL -> decimal(text);
        case BOOLEAN -> truth(text);
        case INSTANT -> near(Instant.parse(text));
      };
    } catch (ArithmeticException | NumberFormatException | DateTimeException e) {
      throw new BadQuery(
          BadQuery.Reason.WRONG,
          "%s='%s': the column is of type %s; write %s"
              .formatted(column.name(), text, column.type().label(), example(column.type())));
    }
  }

  /** A decimal that the store can hold; to round one with a huge exponent would take all memory. */
  private static BigDecimal decimal(String text) {
    BigDecimal decimal = new BigDecimal(text);
    if (decimal.scale() > text.length() + MOST_ZEROS
        || (long) decimal.precision() - decimal.scale() > DIGITS - SCALE) {
      throw new ArithmeticException(text + " is out of range");
    }
    return decimal;
  }

  private static Instant near(Instant instant) {
    long unused = Cells.micros(instant);
    return instant;
  }

  private static Boolean truth(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    throw new NumberFormatException(text);
  }

  private static String example(ColumnType type) {
    return switch (type) {
      case LONG -> "a whole number, such as 42";
      case DOUBLE -> "a number, such as 4.2";
      case DECIMAL -> "a number of at most 26 digits before the point, such as 4.2";
      case BOOLEAN -> "true or false";
      case INSTANT -> "an instant, such as 2026-10-01T00:00:00Z";
      case TEXT, JSON -> "a text";
    };
  }
}
