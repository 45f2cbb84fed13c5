package dhara.transforms.learn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.datasketches.hash.MurmurHash3;

/**
 * The numbers of features that have names of any kind, such as {@code campaign=chai}, so that a
 * model has a fixed size and needs no dictionary (Weinberger et al., "Feature Hashing for Large
 * Scale Multitask Learning", ICML 2009).
 *
 * <p>A feature's number is the lowest bits of the first 64 of the MurmurHash3 (x64, 128 bits, seed
 * 0) of its text in UTF-8. It must never change, because weights are in savepoints and releases.
 * Two features with one number share a weight; in 1,024 numbers, 100 features have 5 such pairs on
 * average.
 */
public final class HashedFeatures {

  private static final long SEED = 0;

  /** A text without bytes is refused by the hash; no text in UTF-8 has this byte. */
  private static final byte[] EMPTY = {(byte) 0xFF};

  private HashedFeatures() {}

  /**
   * The number of a feature.
   *
   * @param buckets how many numbers there are, a power of two
   */
  public static int number(String feature, int buckets) {
    if (Integer.bitCount(buckets) != 1) {
      throw new IllegalArgumentException("buckets are a power of two, and not " + buckets);
    }
    byte[] text = feature.getBytes(StandardCharsets.UTF_8);
    return (int) (MurmurHash3.hash(text.length == 0 ? EMPTY : text, SEED)[0] & (buckets - 1));
  }

  /** The numbers of an example's features, each once, in ascending order. */
  public static List<Integer> numbers(List<String> features, int buckets) {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String feature : features) {
      numbers.add(number(feature, buckets));
    }
    return new ArrayList<>(numbers);
  }

  /** The name of a number in a model: {@code h17}. */
  public static String name(int number) {
    return "h" + number;
  }
}
