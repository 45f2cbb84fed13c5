package dhara.tokens;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Seals the bytes of dead letters and the reasons that quote them, so that they can be kept where
 * no personal data may be, and opened with the key after a fix: AES-256-GCM under a key that is
 * derived from that of the tokens.
 *
 * <p>Sealed bytes are {@code dhara-sealed-1:}, the id of the key, a colon, a nonce of 12 bytes, and
 * what was encrypted; the text before the nonce is authenticated too. The nonce is a MAC of the
 * content: the same content is sealed to the same bytes, so that equal dead letters can be merged
 * and compared, and it tells nothing but that. Two contents have the same nonce with a probability
 * of less than n<sup>2</sup>/2<sup>97</sup> among n: 6 · 10<sup>-12</sup> for 10<sup>9</sup>
 * letters.
 *
 * <p>It belongs to one thread. The key is resolved when it is first needed.
 */
public final class Seal {

  /** Stands instead of a reason that may quote personal data. */
  public static final String TEXT =
      "sealed, because it may hold personal data; the verb unseal shows the reason and the bytes";

  private static final String MAGIC = "dhara-sealed-1:";
  private static final int ID_CHARS = 4;
  private static final int HEADER = MAGIC.length() + ID_CHARS + 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  /** Begins no content that is sealed, because those begin with a length below 2 GiB. */
  private static final byte WHOLE = (byte) 0xFF;

  private final TokenKey key;
  private @Nullable Keys keys;

  private record Keys(String id, SecretKeySpec cipher, Mac nonces) {}

  private Seal(TokenKey key) {
    this.key = key;
  }

  /** A seal with a key. */
  public static Seal with(TokenKey key) {
    return new Seal(key);
  }

  /**
   * What was sealed.
   *
   * @param reason why the bytes are no event
   * @param bytes the bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Opened(String reason, byte[] bytes) {}

  /** Whether bytes were sealed, under any key. */
  public static boolean isSealed(byte[] bytes) {
    byte[] magic = MAGIC.getBytes(US_ASCII);
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }

  /** Seals a reason and the bytes that it is about. */
  public byte[] seal(String reason, byte[] bytes) {
    byte[] text = reason.getBytes(UTF_8);
    byte[] content =
        ByteBuffer.allocate(Integer.BYTES + text.length + bytes.length)
            .putInt(text.length)
            .put(text)
            .put(bytes)
            .array();
    Keys open = keys();
    byte[] header = (MAGIC + open.id + ":").getBytes(US_ASCII);
    byte[] nonce = Arrays.copyOf(open.nonces.doFinal(content), NONCE);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, open, header, nonce).doFinal(content);
      return ByteBuffer.allocate(HEADER + NONCE + sealed.length)
          .put(header)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /**
   * Opens what was sealed.
   *
   * @throws IllegalArgumentException if it was not sealed, was sealed with another key, or is not
   *     what was sealed
   */
  public Opened open(byte[] sealed) {
    if (!isSealed(sealed)) {
      throw new IllegalArgumentException("is not sealed");
    }
    if (sealed.length < HEADER + NONCE + TAG_BITS / Byte.SIZE) {
      throw cut(null);
    }
    Keys open = keys();
    byte[] header = Arrays.copyOf(sealed, HEADER);
    String id = new String(header, MAGIC.length(), ID_CHARS, US_ASCII);
    if (!id.equals(open.id)) {
      throw new IllegalArgumentException(
          "is sealed with the key " + id + ", and the one of " + key + " is " + open.id);
    }
    byte[] nonce = Arrays.copyOfRange(sealed, HEADER, HEADER + NONCE);
    ByteBuffer content;
    try {
      content =
          ByteBuffer.wrap(
              cipher(Cipher.DECRYPT_MODE, open, header, nonce)
                  .doFinal(sealed, HEADER + NONCE, sealed.length - HEADER - NONCE));
    } catch (GeneralSecurityException e) {
      throw cut(e);
    }
    byte[] text = new byte[content.getInt()];
    content.get(text);
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return new Opened(new String(text, UTF_8), bytes);
  }

  private static IllegalArgumentException cut(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "is not what was sealed: it was changed, or cut for a topic that takes no longer rows",
        cause);
  }

  /**
   * A name of bytes that are too long to be kept, in the place of their SHA-256: equal bytes have
   * the same, and nobody can try contents without the key.
   */
  public String name(byte[] whole) {
    Mac mac = keys().nonces;
    mac.update(WHOLE);
    return HexFormat.of().formatHex(mac.doFinal(whole));
  }

  private static Cipher cipher(int mode, Keys keys, byte[] header, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, keys.cipher, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(header);
    return cipher;
  }

  private Keys keys() {
    Keys open = keys;
    if (open == null) {
      Mac secret = Derived.mac(key);
      open =
          new Keys(
              Derived.id(secret),
              new SecretKeySpec(Derived.key(secret, "seal"), "AES"),
              Derived.mac(Derived.key(secret, "nonce")));
      keys = open;
    }
    return open;
  }
}
