package dhara.pipelines.platform.experiments;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A user did what experiments are about: bought, signed up, came back.
 *
 * @param id identity
 * @param at when
 * @param user who
 * @param goal what, such as {@code purchase}
 * @param valueMinor what it was worth, in minor units of the currency; negative for a refund, null
 *     for nothing
 */
public record GoalReached(
    String id, Instant at, String user, String goal, @Nullable Long valueMinor) implements Event {

  /** Sums of nine million such values fit a long. */
  private static final long MOST_MINOR = 1_000_000_000_000L;

  public GoalReached {
    if (user.isBlank()) {
      throw new IllegalArgumentException("user is blank: somebody reaches a goal");
    }
    if (valueMinor != null && Math.abs(valueMinor) > MOST_MINOR) {
      throw new IllegalArgumentException("valueMinor is beyond " + MOST_MINOR + ": " + valueMinor);
    }
  }
}
