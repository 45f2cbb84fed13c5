package dhara.transforms.anomaly;

import java.time.Duration;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Another detector, whose judgements are told only if none at least as strong was told shortly
 * before: of a storm, its beginning and what is worse than that.
 *
 * <p>Memory: two numbers and that of the other.
 *
 * @param of the other
 * @param duration for how long a judgement keeps weaker ones quiet
 */
public record Quiet(Detector of, Duration duration) implements Detector {

  private static final int STRENGTH = 0;
  private static final int AT = 1;

  public Quiet {
    if (duration.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "a detector is quiet for longer than zero, not for " + duration);
    }
  }

  @Override
  public Memory initial() {
    return Memory.around(of.initial(), 2);
  }

  @Override
  public @Nullable Judgement next(Memory memory, Sample sample) {
    return told(memory, of.next(memory.inner(), sample), sample.millis());
  }

  @Override
  public @Nullable Instant wakeAt(Memory memory) {
    return of.wakeAt(memory.inner());
  }

  @Override
  public @Nullable Judgement silent(Memory memory, Instant at) {
    return told(memory, of.silent(memory.inner(), at), at.toEpochMilli());
  }

  private @Nullable Judgement told(Memory memory, @Nullable Judgement judgement, long millis) {
    if (judgement == null
        || (judgement.strength() <= memory.get(STRENGTH)
            && millis - (long) memory.get(AT) <= duration.toMillis())) {
      return null;
    }
    memory.set(STRENGTH, judgement.strength());
    memory.set(AT, (double) millis);
    return judgement;
  }

  @Override
  public Duration keep() {
    return of.keep();
  }

  @Override
  public Severity.Scale scale() {
    return of.scale();
  }
}
