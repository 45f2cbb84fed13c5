package dhara.transforms.shards;

/**
 * Decides whether values are scattered: nearly every value has a different key, so that looking up
 * keys costs more than adding up saves. It learns from bundles, except from those with few values.
 */
public final class Scatter {

  /** If fewer values than this share a key on average, looking up keys costs more than it saves. */
  private static final double VALUES_PER_KEY = 1.25;

  /** Bundles with fewer values are ignored. */
  private static final int TELLING = 1000;

  /** One of this many bundles is probed, to see whether values are still scattered. */
  private static final int PROBED = 32;

  private boolean scattered;
  private int bundles;

  /** Whether not to look up the keys of the next bundle. */
  public boolean scattered() {
    return scattered;
  }

  /**
   * Learns from a bundle.
   *
   * @param sums the number of sums of its values; scattered values count one each
   */
  public void learn(long values, long sums) {
    if (values >= TELLING) {
      bundles++;
      // While keys are not looked up, nothing shows whether values are still scattered, so one
      // bundle is probed now and then.
      scattered = scattered ? bundles % PROBED != 0 : values < VALUES_PER_KEY * sums;
    }
  }
}
