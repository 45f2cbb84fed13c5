package dhara.pipelines.platform.experiments;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How users are assigned: a hash of the experiment and the user, from 0 to 0.9999. */
public enum AssignBy {
  /**
   * As GrowthBook's SDKs do with {@code hashVersion} 2: the 32-bit FNV-1a hash of the decimal text
   * of the same hash of seed and user, modulo 10,000. As in their JavaScript SDK, each UTF-16 unit
   * of the text is one step of the hash.
   */
  growthbook {
    @Override
    double hash(String seed, String user) {
      return fnv1a(Long.toString(fnv1a(seed + user))) % PARTS / (double) PARTS;
    }
  },
  /** The first 32 bits of the MD5 of {@code seed:user} in UTF-8, modulo 10,000. */
  md5 {
    @Override
    double hash(String seed, String user) {
      try {
        byte[] digest =
            MessageDigest.getInstance("MD5")
                .digest((seed + ":" + user).getBytes(StandardCharsets.UTF_8));
        return HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(digest, 0, 4))
            % PARTS
            / (double) PARTS;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has MD5", e);
      }
    }
  };

  private static final long PARTS = 10_000;

  abstract double hash(String seed, String user);

  /** The unsigned 32-bit hash. */
  private static long fnv1a(String text) {
    int hash = 0x811C9DC5;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }
}
