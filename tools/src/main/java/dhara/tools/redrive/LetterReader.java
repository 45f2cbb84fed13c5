package dhara.tools.redrive;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.WrittenRow;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import java.util.Base64;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads rows of dead letters as sinks write them: in JSON, CSV, Avro, or a table. */
final class LetterReader {

  private LetterReader() {}

  /**
   * The dead letter of a row.
   *
   * @throws IllegalStateException if it is none; the message names its place
   */
  static DeadLetter read(WrittenRow row) {
    if (row.tombstone()) {
      throw row.unreadable("it has no value, and is no dead letter");
    }
    return new DeadLetter(
        text(row, "input"),
        reason(row),
        text(row, "text"),
        text(row, "source"),
        text(row, "position"),
        row.instant("seen_at"),
        bytes(row),
        number(row, "records"),
        optional(row, "last_position"),
        number(row, "whole_length"),
        optional(row, "whole_sha256"));
  }

  private static Reason reason(WrittenRow row) {
    String name = text(row, "reason");
    for (Reason reason : Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    throw row.unreadable("its reason is unknown: " + name);
  }

  private static byte[] bytes(WrittenRow row) {
    JsonNode bytes = row.columns().get("bytes");
    if (bytes == null) {
      throw row.unreadable("it has no bytes");
    }
    try {
      // In CSV an empty cell is null.
      return Base64.getDecoder().decode(bytes.isNull() ? "" : bytes.asText());
    } catch (IllegalArgumentException e) {
      throw row.unreadable("its bytes are not Base64: " + e.getMessage());
    }
  }

  private static String text(WrittenRow row, String column) {
    String text = optional(row, column);
    if (text == null) {
      throw row.unreadable("it has no " + column + ", and is no dead letter");
    }
    return text;
  }

  private static @Nullable String optional(WrittenRow row, String column) {
    JsonNode node = row.columns().get(column);
    return node == null || node.isNull() ? null : node.asText();
  }

  private static @Nullable Long number(WrittenRow row, String column) {
    String text = optional(row, column);
    if (text == null) {
      return null;
    }
    if (!text.matches("[1-9]\\d{0,17}")) {
      throw row.unreadable("its " + column + " is no number above zero: '" + text + "'");
    }
    return Long.valueOf(text);
  }
}
