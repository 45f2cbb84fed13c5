package dhara.tools.redrive;

import dhara.events.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of a SHA-256: small enough to remember millions. */
record Digest(long high, long low) {

  private static final int HEX = 16;

  /** That of the bytes of an event or a row. */
  static Digest of(byte[] bytes) {
    return taken(sha256().digest(bytes));
  }

  /**
   * That of a dead letter. Some engines write a dead letter again after a failure; it then has the
   * same digest. If it stands for other records than before, it has another.
   */
  static Digest of(DeadLetter letter) {
    MessageDigest sha = sha256();
    String last = letter.lastPosition() == null ? "" : letter.lastPosition();
    for (String part : new String[] {letter.input(), letter.source(), letter.position(), last}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      sha.update(bytes);
    }
    return taken(sha.digest(letter.bytes()));
  }

  private static Digest taken(byte[] sha) {
    ByteBuffer buffer = ByteBuffer.wrap(sha);
    return new Digest(buffer.getLong(), buffer.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Digest parse(String hex) {
    if (hex.length() != 2 * HEX) {
      throw new IllegalArgumentException("no digest: " + hex);
    }
    return new Digest(
        Long.parseUnsignedLong(hex.substring(0, HEX), HEX),
        Long.parseUnsignedLong(hex.substring(HEX), HEX));
  }

  @Override
  public String toString() {
    return "%016x%016x".formatted(high, low);
  }
}
