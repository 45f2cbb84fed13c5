package dhara.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A row as a sink wrote it, read back.
 *
 * @param name the name of its rows: an output, {@code late}, {@code dead-letters}
 * @param columns in the order in which they were written; for a tombstone those of its key, and
 *     {@code revision} if it has one
 * @param tombstone whether it deletes the row with its key
 * @param order its position among rows with the same key: a later row has a larger one
 * @param place the file or topic and the position in it, for errors
 */
public record WrittenRow(
    String name, ObjectNode columns, boolean tombstone, long order, String place) {

  /** Converts rows; it fails the run with {@link #unreadable}. */
  @FunctionalInterface
  public interface Reader<T> extends Serializable {

    /** The content of a row; null if it should be skipped. */
    @Nullable T read(WrittenRow row);
  }

  /** The instant in a column that must have one. */
  public Instant instant(String column) {
    JsonNode node = columns.get(column);
    if (node == null || !node.isTextual()) {
      throw unreadable("it has no instant " + column);
    }
    try {
      Instant instant = Instant.parse(node.textValue());
      long unused = instant.toEpochMilli(); // in which it will be compared
      return instant;
    } catch (DateTimeException | ArithmeticException e) {
      throw unreadable(place, "its " + column + " is no instant: '" + node.textValue() + "'", e);
    }
  }

  /** The failure of a run that cannot read a row, because no row is skipped silently. */
  public IllegalStateException unreadable(String why) {
    return unreadable(place, why, null);
  }

  public static IllegalStateException unreadable(
      String place, String why, @Nullable Throwable cause) {
    IllegalStateException unreadable =
        new IllegalStateException(place + ": cannot be read as a row: " + why);
    if (cause != null) {
      unreadable.addSuppressed(cause);
    }
    return unreadable;
  }
}
