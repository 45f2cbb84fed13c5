package dhara.transforms.anomaly;

import java.time.Duration;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A value that stays the same for too long, as that of a stuck sensor does.
 *
 * <p>A run of samples that differ from its first one by at most a tolerance is told once it has
 * lasted for longer than the limit, and again whenever it is worse by its severity. The score is
 * how long it has lasted, in seconds. Memory: three numbers.
 *
 * @param limit how long a value may stay the same
 * @param tolerance by how much samples may differ and be the same
 * @param scale how bad they are
 */
public record FlatLine(Duration limit, double tolerance, Severity.Scale scale) implements Detector {

  public FlatLine {
    if (limit.toMillis() <= 0) {
      throw new IllegalArgumentException("a value may stay the same for a while, not for " + limit);
    }
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("a tolerance is not below zero, as " + tolerance + " is");
    }
  }

  /** Equal values for longer than this. */
  public static FlatLine longerThan(Duration limit) {
    return new FlatLine(limit, 0, Severity.Scale.DEFAULT);
  }

  /** Values that differ by at most this are the same. */
  public FlatLine withTolerance(double newTolerance) {
    return new FlatLine(limit, newTolerance, scale);
  }

  /** With other severities. */
  public FlatLine withScale(Severity.Scale newScale) {
    return new FlatLine(limit, tolerance, newScale);
  }

  @Override
  public @Nullable Judgement next(Memory memory, Sample sample) {
    if (memory.size() == 0 || Math.abs(sample.value() - memory.get(0)) > tolerance) {
      memory.become(sample.value(), (double) sample.millis(), 0);
      return null;
    }
    long lasted = sample.millis() - (long) memory.get(1);
    Judgement judgement = new Judgement((double) lasted / limit.toMillis(), lasted / 1e3, null);
    if (!judgement.isAnomaly()) {
      return null;
    }
    int level = scale.of(judgement.strength()).level();
    if (level <= memory.get(2)) {
      return null;
    }
    memory.set(2, level);
    return judgement;
  }
}
