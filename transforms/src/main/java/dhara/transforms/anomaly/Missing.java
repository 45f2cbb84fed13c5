package dhara.transforms.anomaly;

import java.time.Duration;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A series without a sample for too long.
 *
 * <p>Silence is told once it has lasted for longer than the limit, and again whenever it is worse
 * by its severity, at most four times in all. The score is how long it has lasted, in seconds. It
 * is told by event time: in a stream, once the watermark is certain that nothing came. Memory: two
 * numbers. A series that never had a sample is not known, so it is not missed.
 *
 * @param limit how long a series may be silent
 * @param scale how bad it is
 */
public record Missing(Duration limit, Severity.Scale scale) implements Detector {

  public Missing {
    if (limit.toMillis() <= 0) {
      throw new IllegalArgumentException("a series may be silent for a while, not for " + limit);
    }
  }

  /** Silence for longer than this. */
  public static Missing longerThan(Duration limit) {
    return new Missing(limit, Severity.Scale.DEFAULT);
  }

  /** With other severities. */
  public Missing withScale(Severity.Scale newScale) {
    return new Missing(limit, newScale);
  }

  @Override
  public @Nullable Judgement next(Memory memory, Sample sample) {
    memory.become((double) sample.millis(), 0);
    return null;
  }

  /** The next level begins a millisecond later than at its strength: the limit is not too long. */
  @Override
  public @Nullable Instant wakeAt(Memory memory) {
    if (memory.size() == 0 || memory.get(1) >= Severity.CRITICAL.level()) {
      return null;
    }
    return Instant.ofEpochMilli((long) memory.get(0) + after((int) memory.get(1) + 1));
  }

  private long after(int level) {
    return (long) Math.ceil(limit.toMillis() * scale.from(level)) + level;
  }

  @Override
  public Judgement silent(Memory memory, Instant at) {
    long lasted = at.toEpochMilli() - (long) memory.get(0);
    memory.set(1, memory.get(1) + 1);
    return new Judgement((double) lasted / limit.toMillis(), lasted / 1e3, null);
  }

  @Override
  public Duration keep() {
    return Duration.ofMillis(after(Severity.CRITICAL.level()));
  }
}
