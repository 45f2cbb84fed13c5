package dhara.tokens;

import java.io.Serializable;

/**
 * A secret key by reference. Graphs, savepoints and logs carry the reference; the worker that makes
 * tokens resolves it. As a string it is the reference.
 */
public interface TokenKey extends Serializable {

  /** The least length of the secret in bytes: that of a digest of SHA-256. */
  int LEAST_BYTES = 32;

  /**
   * The secret, of at least {@link #LEAST_BYTES} bytes.
   *
   * @throws IllegalStateException naming the reference, if this machine cannot resolve it
   */
  byte[] secret();
}
