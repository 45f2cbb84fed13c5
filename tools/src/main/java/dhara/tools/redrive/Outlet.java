package dhara.tools.redrive;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where a redrive sends. */
interface Outlet extends Closeable {

  /**
   * Sends letters, and returns when each is there or was not taken.
   *
   * @return why rows were not taken, by their names
   * @throws IllegalStateException if a topic refuses a record, or its brokers go away
   */
  Map<String, String> send(List<Outgoing> letters) throws IOException, InterruptedException;

  /** Makes everything last; nothing is sent afterwards. */
  void finish() throws IOException;

  /** How many events or rows are there: acknowledged, written, or taken. */
  long arrived();
}
