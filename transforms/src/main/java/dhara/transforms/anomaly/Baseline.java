package dhara.transforms.anomaly;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What is normal for a series, as far as its earlier samples tell. */
public interface Baseline extends Serializable {

  /**
   * What is normal.
   *
   * @param mean the mean of what counts
   * @param deviation its standard deviation, of the population
   */
  record Normal(double mean, double deviation) {}

  /** What it remembers before the first sample. */
  default Memory initial() {
    return new Memory();
  }

  /**
   * What was normal before a sample, which is then remembered.
   *
   * @return null if there were too few samples to tell
   */
  @Nullable Normal next(Memory memory, Sample sample);
}
