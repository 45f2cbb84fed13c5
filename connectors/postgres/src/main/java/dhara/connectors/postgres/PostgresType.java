package dhara.connectors.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dhara.connectors.RowJson;
import dhara.formats.text.Instants;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;

/** The types of columns, as PostgreSQL calls them, and how they are written as and read to JSON. */
enum PostgresType {
  WHOLE("bigint"),
  DOUBLE("double precision"),
  SINGLE("real"),
  DECIMAL("numeric"),
  TRUTH("boolean"),
  TEXT("text"),
  INSTANT("timestamp with time zone"),
  DATE("date"),
  BYTES("bytea"),
  NESTED("jsonb");

  private final String sql;

  PostgresType(String sql) {
    this.sql = sql;
  }

  /** The name that {@code format_type} gives it. */
  String sql() {
    return sql;
  }

  /** The type of a field: numbers and instants as they are, lists and records as JSON. */
  static PostgresType of(FieldType type) {
    return switch (type.getTypeName()) {
      case BYTE, INT16, INT32, INT64 -> WHOLE;
      case FLOAT -> SINGLE;
      case DOUBLE -> DOUBLE;
      case DECIMAL -> DECIMAL;
      case BOOLEAN -> TRUTH;
      case DATETIME -> INSTANT;
      case BYTES -> BYTES;
      case STRING -> TEXT;
      case ARRAY, ITERABLE, MAP, ROW -> NESTED;
      case LOGICAL_TYPE -> {
        String logical = type.getLogicalType().getIdentifier();
        yield logical.equals(MicrosInstant.IDENTIFIER)
            ? INSTANT
            : logical.equals(SqlTypes.DATE.getIdentifier()) ? DATE : TEXT;
      }
    };
  }

  /** The type of an existing column; any other one is read as text. */
  static PostgresType named(String sql) {
    for (PostgresType type : values()) {
      if (type.sql.equals(sql)) {
        return type;
      }
    }
    return switch (sql) {
      case "integer", "smallint" -> WHOLE;
      case "json" -> NESTED;
      default -> TEXT;
    };
  }

  /** Its type in a set of rows made of JSON. */
  String inJson() {
    return this == BYTES ? TEXT.sql : sql; // Base64
  }

  /** The column of such a set as it is stored. */
  String stored(String column) {
    return this == BYTES ? "decode(" + column + ", 'base64')" : column;
  }

  /**
   * A column as {@link #node} reads it. Numbers with a fraction are read as text, which has as few
   * digits as are needed.
   */
  String read(String column) {
    return switch (this) {
      case DOUBLE, SINGLE, DECIMAL, TEXT -> column + "::text";
      default -> column;
    };
  }

  /** A value as files and topics have it. An instant beyond those of PostgreSQL is no instant. */
  JsonNode node(ResultSet rows, int index) throws SQLException {
    return switch (this) {
      case WHOLE -> {
        long value = rows.getLong(index);
        yield rows.wasNull() ? NullNode.instance : LongNode.valueOf(value);
      }
      case TRUTH -> {
        boolean value = rows.getBoolean(index);
        yield rows.wasNull() ? NullNode.instance : BooleanNode.valueOf(value);
      }
      case BYTES -> {
        byte[] value = rows.getBytes(index);
        yield value == null
            ? NullNode.instance
            : TextNode.valueOf(Base64.getEncoder().encodeToString(value));
      }
      case INSTANT -> {
        OffsetDateTime value = rows.getObject(index, OffsetDateTime.class);
        yield value == null ? NullNode.instance : TextNode.valueOf(text(value));
      }
      case DATE -> {
        LocalDate value = rows.getObject(index, LocalDate.class);
        yield value == null ? NullNode.instance : TextNode.valueOf(text(value));
      }
      default -> {
        String text = rows.getString(index);
        yield text == null ? NullNode.instance : node(text);
      }
    };
  }

  private JsonNode node(String text) throws SQLException {
    try {
      return switch (this) {
        case DOUBLE, SINGLE -> real(text);
        case DECIMAL -> text.matches("-?\\d.*") ? RowJson.value(text) : NullNode.instance;
        case NESTED -> RowJson.value(text);
        default -> TextNode.valueOf(text);
      };
    } catch (JsonProcessingException e) {
      throw new SQLException("PostgreSQL gave a value that is no JSON", e);
    }
  }

  /** JSON has no NaN and no infinity. */
  private static JsonNode real(String text) {
    return text.matches("-?\\d.*") ? DecimalNode.valueOf(new BigDecimal(text)) : NullNode.instance;
  }

  private static String text(OffsetDateTime value) {
    if (value.equals(OffsetDateTime.MAX) || value.equals(OffsetDateTime.MIN)) {
      return value.equals(OffsetDateTime.MAX) ? StorableRow.AFTER_ALL : StorableRow.BEFORE_ALL;
    }
    Instant instant = value.toInstant();
    return Instants.format(instant);
  }

  private static String text(LocalDate value) {
    if (value.equals(LocalDate.MAX) || value.equals(LocalDate.MIN)) {
      return value.equals(LocalDate.MAX) ? StorableRow.AFTER_ALL : StorableRow.BEFORE_ALL;
    }
    return value.toString();
  }
}
