package dhara.connectors.lookup;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The client of a service. Safe for several threads. */
interface LookupClient {

  /**
   * Begins a call, and returns at once.
   *
   * @param within how long it may take
   * @return completes normally, soon after {@code within} at the latest
   */
  CompletableFuture<LookupReply> look(List<String> keys, Duration within);

  /** How many keys a call may have at most. */
  int batch();
}
