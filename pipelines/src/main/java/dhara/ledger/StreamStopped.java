package dhara.ledger;

import java.util.ServiceLoader;

/**
 * Ends a stream for good: what is wrong would be wrong again after a restart. An engine that starts
 * failed streams again says by {@link Final} how it is told not to.
 */
public final class StreamStopped extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private StreamStopped(String why) {
    super(why);
  }

  /** How an engine is told that a failure is final. Found by {@link ServiceLoader} on workers. */
  public interface Final {

    /** What a step throws instead; its cause is the failure. */
    RuntimeException last(StreamStopped failure);
  }

  /** What a step throws to stop its stream. */
  public static RuntimeException because(String why) {
    StreamStopped stopped = new StreamStopped(why);
    return ServiceLoader.load(Final.class, StreamStopped.class.getClassLoader())
        .findFirst()
        .map(engine -> engine.last(stopped))
        .orElse(stopped);
  }
}
