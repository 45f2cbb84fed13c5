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
 * @param name what the rows are: an output, {@code late}, {@code dead-letters}
 * @param columns in the order in which they were written; of a tombstone those of its key, and
 *     {@code revision} if it has one
 * @param tombstone whether it only says that what has its key is no more
 * @param order where it stands among rows with its key: a later one has the larger
 * @param place the file or topic and the position in it, for errors
 */
public record WrittenRow(
    String name, ObjectNode columns, boolean tombstone, long order, String place) {

  /** What reads rows to something else; it fails the run by {@link #unreadable}. */
  @FunctionalInterface
  public interface Reader<T> extends Serializable {

    /** What a row says; null where it is to be passed over. */
    @Nullable T read(WrittenRow row);
  }

  /** The instant in a column that must have one. */
  public Instant instant(String column) {
    JsonNode node = columns.get(column);
    if (node == null || !node.isTextual()) {
      throw unreadable("it has no instant " + column);
    }
    try {
      return Instant.parse(node.textValue());
    } catch (DateTimeException e) {
      throw unreadable(place, "its " + column + " is no instant: '" + node.textValue() + "'", e);
    }
  }

  /** The failure of a run that cannot read a row: nothing is passed over in silence. */
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
