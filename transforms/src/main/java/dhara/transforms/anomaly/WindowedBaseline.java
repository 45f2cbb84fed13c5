package dhara.transforms.anomaly;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Mean and deviation of the last samples, which count equally.
 *
 * <p>Memory: so many numbers, and each sample adds them all up anew: sums that are kept would
 * gather rounding errors for as long as the series lives. For more than a few hundred samples
 * {@link DecayedBaseline} is cheaper.
 *
 * @param samples how many
 * @param warmUp how many samples must have come before it tells what is normal
 */
public record WindowedBaseline(int samples, int warmUp) implements Baseline {

  /** The number at 0 is where the next sample goes; the samples follow. */
  private static final int FIRST = 1;

  public WindowedBaseline {
    if (warmUp < 2 || warmUp > samples) {
      throw new IllegalArgumentException(
          "a warm-up is at least two samples, and at most all %d, not %d"
              .formatted(samples, warmUp));
    }
  }

  /** The last so many; it tells what is normal after thirty, or after so many if fewer. */
  public static WindowedBaseline of(int samples) {
    return new WindowedBaseline(samples, Math.max(2, Math.min(30, samples)));
  }

  @Override
  public Memory initial() {
    return Memory.ofZeros(FIRST);
  }

  @Override
  public @Nullable Normal next(Memory memory, Sample sample) {
    int count = memory.size() - FIRST;
    Normal normal = count < warmUp ? null : normal(memory, count);
    if (count < samples) {
      memory.add(sample.value());
    } else {
      int place = (int) memory.get(0);
      memory.set(FIRST + place, sample.value());
      memory.set(0, (place + 1) % samples);
    }
    return normal;
  }

  /** Relative to the first sample, so that equal samples have exactly no deviation. */
  private static Normal normal(Memory memory, int count) {
    double first = memory.get(FIRST);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += memory.get(FIRST + i) - first;
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double distance = memory.get(FIRST + i) - first - mean;
      squares += distance * distance;
    }
    return new Normal(first + mean, Math.sqrt(squares / count));
  }
}
