package dhara.transforms.anomaly;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Mean and deviation with exponentially decaying weights, so that a series that changes for good is
 * normal again after a while.
 *
 * <p>A new sample has the weight {@code w = 2 / (samples + 1)}, as an exponential average over so
 * many samples has; the first ones count equally, with {@code w = 1 / n}. Then {@code mean += w ·
 * d} and {@code variance = (1 - w) · (variance + w · d²)}, where {@code d} is the distance from the
 * mean before (T. Finch, "Incremental calculation of weighted mean and variance", 2009). Memory:
 * three numbers.
 *
 * @param samples over about how many samples; a larger number forgets more slowly
 * @param warmUp how many samples must have come before it tells what is normal
 */
public record DecayedBaseline(int samples, int warmUp) implements Baseline {

  public DecayedBaseline {
    if (samples < 2) {
      throw new IllegalArgumentException("a baseline is over at least two samples, not " + samples);
    }
    if (warmUp < 2) {
      throw new IllegalArgumentException(
          "a deviation takes at least two samples, so a warm-up cannot be " + warmUp);
    }
  }

  /**
   * Over about so many samples; it tells what is normal after thirty, or after so many if fewer.
   */
  public static DecayedBaseline over(int samples) {
    return new DecayedBaseline(samples, Math.max(2, Math.min(30, samples)));
  }

  @Override
  public Memory initial() {
    return Memory.ofZeros(3);
  }

  @Override
  public @Nullable Normal next(Memory memory, Sample sample) {
    double count = memory.get(0);
    double mean = memory.get(1);
    double variance = memory.get(2);
    double weight = Math.max(2.0 / (samples + 1), 1 / (count + 1));
    double distance = sample.value() - mean;
    memory.set(0, count + 1);
    memory.set(1, mean + weight * distance);
    memory.set(2, (1 - weight) * (variance + weight * distance * distance));
    return count < warmUp ? null : new Normal(mean, Math.sqrt(variance));
  }
}
