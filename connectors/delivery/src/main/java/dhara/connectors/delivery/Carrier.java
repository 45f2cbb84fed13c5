package dhara.connectors.delivery;

import java.io.Serializable;
import java.util.concurrent.CompletableFuture;

/** The client of a system that rows are delivered to. Safe for several threads. */
public interface Carrier extends AutoCloseable {

  /**
   * Begins to send a row, and returns at once: the caller must never wait for the network.
   *
   * @return completes after a few {@linkplain DeliveryTerms#timeout() timeouts} at the latest; a
   *     failure is a reply too
   */
  CompletableFuture<Reply> send(Parcel parcel);

  @Override
  void close();

  /** Opens a client on a worker, where the references to secrets are resolved. */
  interface Opening extends Serializable {

    /**
     * Opens it; does not connect yet.
     *
     * @throws dhara.options.SecretReference.Missing if a secret is missing on this machine
     */
    Carrier open();
  }
}
