package dhara.connectors.postgres;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of JSON with what PostgreSQL cannot store replaced:
 *
 * <ul>
 *   <li>U+0000 in a text becomes its picture, U+2400. Bytes are not texts, and keep it.
 *   <li>An instant or a day before 4713 BC becomes {@code -infinity}; an instant after the year
 *       294276 or a day after the year 5874897 becomes {@code infinity}.
 * </ul>
 */
final class StorableRow {

  static final String AFTER_ALL = "infinity";
  static final String BEFORE_ALL = "-infinity";

  private static final Instant FIRST_INSTANT = Instant.parse("-4712-01-01T00:00:00Z");
  private static final Instant LAST_INSTANT = Instant.parse("+294276-12-31T23:59:59.999999Z");
  private static final LocalDate FIRST_DAY = LocalDate.parse("-4712-01-01");
  private static final LocalDate LAST_DAY = LocalDate.parse("+5874897-12-31");

  private static final char NUL = '\0';
  private static final char PICTURE_OF_NUL = '\u2400';

  private final ObjectNode row;

  private StorableRow(ObjectNode row) {
    this.row = row;
  }

  /**
   * A row in a form that can be stored.
   *
   * @param json a JSON object with the columns, and {@link RowFormat#WITHDRAWN} of a withdrawal
   */
  static StorableRow of(byte[] json, List<StoredColumn> columns) throws IOException {
    ObjectNode row = RowJson.object(json, 0, json.length);
    for (StoredColumn column : columns) {
      JsonNode node = row.get(column.name());
      if (node != null && node.isTextual() && column.type() == PostgresType.INSTANT) {
        row.put(column.name(), instant(node.textValue()));
      } else if (node != null && node.isTextual() && column.type() == PostgresType.DATE) {
        row.put(column.name(), day(node.textValue()));
      } else if (node != null) {
        row.set(column.name(), storable(node));
      }
    }
    return new StorableRow(row);
  }

  private static JsonNode storable(JsonNode node) {
    if (node.isTextual() && node.textValue().indexOf(NUL) >= 0) {
      return TextNode.valueOf(node.textValue().replace(NUL, PICTURE_OF_NUL));
    } else if (node instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(storable(field.getValue())));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, storable(array.get(i)));
      }
    }
    return node;
  }

  private static String instant(String text) {
    if (isPlain(text)) {
      return text;
    }
    Instant at = Instant.parse(text);
    if (at.isBefore(FIRST_INSTANT) || at.isAfter(LAST_INSTANT)) {
      return at.isBefore(FIRST_INSTANT) ? BEFORE_ALL : AFTER_ALL;
    }
    OffsetDateTime utc = at.atOffset(ZoneOffset.UTC);
    return "%s %02d:%02d:%02d.%06d+00%s"
        .formatted(
            date(utc.toLocalDate()),
            utc.getHour(),
            utc.getMinute(),
            utc.getSecond(),
            utc.getNano() / 1_000,
            era(utc.toLocalDate()));
  }

  private static String day(String text) {
    if (isPlain(text)) {
      return text;
    }
    LocalDate day = LocalDate.parse(text);
    if (day.isBefore(FIRST_DAY) || day.isAfter(LAST_DAY)) {
      return day.isBefore(FIRST_DAY) ? BEFORE_ALL : AFTER_ALL;
    }
    return date(day) + era(day);
  }

  /** Whether PostgreSQL reads it as ISO 8601 does: a year of four digits, from 1 on. */
  private static boolean isPlain(String text) {
    return !text.startsWith("+") && !text.startsWith("-") && !text.startsWith("0000");
  }

  private static String date(LocalDate day) {
    int year = day.getYear() < 1 ? 1 - day.getYear() : day.getYear();
    return "%04d-%02d-%02d".formatted(year, day.getMonthValue(), day.getDayOfMonth());
  }

  /** The year before 1 is 1 BC, which Java counts as 0. */
  private static String era(LocalDate day) {
    return day.getYear() < 1 ? " BC" : "";
  }

  /**
   * The key: two rows have equal texts if PostgreSQL holds their keys for equal, so that one
   * statement has no two rows of a key.
   */
  String key(List<StoredColumn> columns) {
    List<String> key = new ArrayList<>();
    for (StoredColumn column : columns) {
      if (column.key()) {
        JsonNode node = row.path(column.name());
        key.add(
            node.isNumber()
                ? node.decimalValue().stripTrailingZeros().toString() // 12.5 is 12.50, 0 is -0
                : node.toString());
      }
    }
    return String.join(",", key);
  }

  /** About how many bytes the key takes in an index. */
  int keyBytes(List<StoredColumn> columns) {
    int bytes = 0;
    for (StoredColumn column : columns) {
      if (column.key()) {
        bytes += row.path(column.name()).asText().getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return bytes;
  }

  /** Its revision; 0 if its rows have none. */
  long revision() {
    return row.path("revision").asLong(0);
  }

  /** The row as JSON. */
  String json() {
    return row.toString();
  }
}
