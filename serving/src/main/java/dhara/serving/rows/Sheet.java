package dhara.serving.rows;

import java.io.IOException;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows in one of the formats that are sent, written to memory. Call {@link #row} for each row, then
 * {@link #bytes} once. Belongs to one thread.
 *
 * <p>Values are of the classes that {@link dhara.serving.views.ColumnType} names, or null.
 */
public interface Sheet {

  /** Adds a row, with a value for each column. */
  void row(List<? extends @Nullable Object> values) throws IOException;

  /** About how many bytes it has so far, to bound memory. */
  long size();

  /** The whole. */
  byte[] bytes() throws IOException;
}
