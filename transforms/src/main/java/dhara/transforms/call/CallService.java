package dhara.transforms.call;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/** A service that is asked about keys. Each instance belongs to one thread. */
public interface CallService extends AutoCloseable {

  /**
   * Asks about keys and waits for the replies, but never longer than a timeout of its own: a
   * checkpoint waits for it. A key without a reply by then is a {@link CallOutcome#TIMEOUT}; no
   * failure of the service is an exception.
   *
   * @return a reply for each key
   */
  Map<String, ServiceReply> ask(Set<String> keys) throws InterruptedException;

  @Override
  void close();

  /** Opens a service on a worker, where references to secrets are resolved. */
  interface Opening extends Serializable {

    /** Opens it; does not connect yet. */
    CallService open();
  }
}
