package dhara.connectors.reading;

import java.io.Serializable;

/**
 * A message of a service that delivers messages one by one, in no stable order.
 *
 * @param position identifies it in dead letters and late events: {@code message=1234}
 * @param bytes its payload
 */
@SuppressWarnings("ArrayRecordComponent") // passed on at once, and never compared
public record Message(String position, byte[] bytes) {

  /** Extracts the message from what a client library reads. */
  @FunctionalInterface
  public interface Form<R> extends Serializable {

    /** The message. */
    Message of(R read);
  }
}
