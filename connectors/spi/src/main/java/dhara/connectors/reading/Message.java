package dhara.connectors.reading;

import java.io.Serializable;

/**
 * A message of a service that hands out messages one by one, in no order that lasts.
 *
 * @param position how it is found again, in dead letters and late events: {@code message=1234}
 * @param bytes what it says
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, and never compared
public record Message(String position, byte[] bytes) {

  /** Finds the message in what a client library reads. */
  @FunctionalInterface
  public interface Form<R> extends Serializable {

    /** The message. */
    Message of(R read);
  }
}
