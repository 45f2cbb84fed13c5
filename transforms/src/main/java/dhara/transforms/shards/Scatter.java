package dhara.transforms.shards;

/**
 * Whether values are scattered: nearly each has a key of its own, so that to look for its key would
 * cost more than the addition saves. Bundles tell; those of few values tell nothing.
 */
public final class Scatter {

  /** Where fewer values than this share a key, to look for it costs more than it saves. */
  private static final double VALUES_PER_KEY = 1.25;

  /** Fewer values say little of those to come. */
  private static final int TELLING = 1000;

  /** Of so many bundles one looks whether keys still are as many as values. */
  private static final int PROBED = 32;

  private boolean scattered;
  private int bundles;

  /** Whether the values of the next bundle are not worth looking for their keys. */
  public boolean scattered() {
    return scattered;
  }

  /**
   * Learns from a bundle.
   *
   * @param sums what its values added up to; if they were scattered, each counts
   */
  public void learn(long values, long sums) {
    if (values >= TELLING) {
      bundles++;
      // While values are scattered nothing shows whether they still are: then and now one looks.
      scattered = scattered ? bundles % PROBED != 0 : values < VALUES_PER_KEY * sums;
    }
  }
}
