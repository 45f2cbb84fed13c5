package dhara.connectors;

import java.util.List;
import java.util.Map;

/**
 * Sends rows again that a system did not take, outside of any pipeline and by the terms of its
 * endpoint: attempts, waits, limits. Belongs to one thread.
 */
public interface RowSender extends AutoCloseable {

  /**
   * A row as it was sent before.
   *
   * @param name by which the receiver recognises it: {@link RowFormat#name}
   * @param key the key of the row, as JSON
   * @param json the row
   */
  record SentRow(String name, String key, String json) {}

  /**
   * Sends rows, and returns when each was taken or has failed for good.
   *
   * @param rows with names that differ
   * @return why rows were not taken, by their names; empty if all were
   */
  Map<String, String> send(List<SentRow> rows) throws InterruptedException;

  @Override
  void close();
}
