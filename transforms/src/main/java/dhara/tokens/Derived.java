package dhara.tokens;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is derived from a secret. Tokens use the secret itself, so that any other tool computes the
 * same ones. Every other use has a key of its own, which is the MAC of its name; a name begins with
 * a byte that no UTF-8 text has, so that no value that is tokenised is the name of a key.
 */
final class Derived {

  private static final String HMAC = "HmacSHA256";
  private static final int NO_TEXT = 0xFF;

  /** Sixteen bits tell the keys of an organisation apart, and are too few to tell a key. */
  private static final int ID_BYTES = 2;

  private Derived() {}

  /** A MAC under the secret itself. */
  static Mac mac(TokenKey key) {
    byte[] secret = key.secret();
    if (secret.length < TokenKey.LEAST_BYTES) {
      throw new IllegalStateException(
          key
              + ": the key has "
              + secret.length
              + " bytes and needs at least "
              + TokenKey.LEAST_BYTES
              + "; make one with openssl rand -hex 32");
    }
    return mac(secret);
  }

  /** A MAC under a derived key. */
  static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + HMAC, e);
    }
  }

  /** The key for a use, of 32 bytes. */
  static byte[] key(Mac mac, String use) {
    mac.update((byte) NO_TEXT);
    return mac.doFinal(use.getBytes(US_ASCII));
  }

  /** The id of a key: four hexadecimal digits, stable, and of no help to find the key. */
  static String id(Mac mac) {
    return HexFormat.of().formatHex(Arrays.copyOf(key(mac, "id"), ID_BYTES));
  }
}
