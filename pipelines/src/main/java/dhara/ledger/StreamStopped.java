package dhara.ledger;

import java.util.ServiceLoader;

/**
 * Ends a stream for good, because the problem would occur again after a restart. An engine that
 * restarts failed streams implements {@link Final} to prevent that.
 */
public final class StreamStopped extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private StreamStopped(String why) {
    super(why);
  }

  /** Tells an engine that a failure is final. Found by {@link ServiceLoader} on workers. */
  public interface Final {

    /** The exception that a step throws instead; its cause is the failure. */
    RuntimeException last(StreamStopped failure);
  }

  /** The exception that a step throws to stop its stream. */
  public static RuntimeException because(String why) {
    StreamStopped stopped = new StreamStopped(why);
    return ServiceLoader.load(Final.class, StreamStopped.class.getClassLoader())
        .findFirst()
        .map(engine -> engine.last(stopped))
        .orElse(stopped);
  }
}
