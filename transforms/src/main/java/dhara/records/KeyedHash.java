package dhara.records;

import java.security.SecureRandom;

/**
 * A hash of bytes under a key that each process draws for itself, so that nobody can choose bytes
 * whose hashes are equal. It is several times slower than a hash without a key: tables use it when
 * the other one puts too many of their entries into one place. It differs from process to process,
 * so nothing that is stored or sent may depend on it.
 *
 * <p>The bytes are the coefficients of a polynomial modulo 2<sup>61</sup> - 1, whose value at a
 * secret point is the hash: two texts of n bytes have the same value at no more than n points.
 */
public final class KeyedHash {

  private static final int BITS = 61;
  private static final long PRIME = (1L << BITS) - 1;

  private static final long POINT;
  private static final long MASK;

  static {
    SecureRandom random = new SecureRandom();
    POINT = (random.nextLong() & PRIME) % (PRIME - 1) + 1;
    MASK = random.nextLong();
  }

  private KeyedHash() {}

  /** The hash of a range of bytes; each of its bits depends on all of them. */
  public static int of(byte[] bytes, int offset, int length) {
    long hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = timesPoint(hash + (bytes[i] & 0xFF));
    }
    // The last steps of MurmurHash3, because neighbours should not be so in a table.
    hash ^= MASK;
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ (hash >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return (int) (hash ^ (hash >>> 33));
  }

  /** A product modulo the prime: 2^61 is 1, so the bits from there on are added to the others. */
  private static long timesPoint(long value) {
    long low = value * POINT;
    long high = Math.multiplyHigh(value, POINT);
    long sum = (low & PRIME) + ((low >>> BITS) | (high << (Long.SIZE - BITS)));
    long folded = (sum & PRIME) + (sum >>> BITS);
    return folded >= PRIME ? folded - PRIME : folded;
  }
}
