package dhara.formats;

import java.util.Arrays;
import java.util.Random;

/** Breaks good events in the ways in which bytes break in transit. */
final class Mutations {

  private static final byte[] TELLING = {
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '9',
    '-',
    '.',
    'e',
    'n',
    't',
    ' ',
    '\n',
    '\r',
    0,
    'u',
    'N',
    (byte) 0x80,
    (byte) 0xC3,
    (byte) 0xED,
    (byte) 0xF4,
    (byte) 0xFF,
    (byte) 0xEF
  };

  private Mutations() {}

  /** One to four changes: bytes replaced, removed, copied, inserted, or cut off. */
  static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int change = random.nextInt(4); change >= 0 && bytes.length > 1; change--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4)), 0);
        case 3 -> bytes = splice(bytes, at, at, 1 + random.nextInt(Math.min(30, bytes.length)));
        default -> bytes = random.nextInt(8) > 0 ? bytes : Arrays.copyOf(bytes, at);
      }
    }
    return bytes;
  }

  /** Replaces {@code [from, to)} by the first bytes. */
  private static byte[] splice(byte[] bytes, int from, int to, int copied) {
    byte[] spliced = new byte[bytes.length - (to - from) + copied];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(bytes, 0, spliced, from, copied);
    System.arraycopy(bytes, to, spliced, from + copied, bytes.length - to);
    return spliced;
  }
}
