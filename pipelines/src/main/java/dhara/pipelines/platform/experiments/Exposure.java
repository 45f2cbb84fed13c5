package dhara.pipelines.platform.experiments;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A user has met an experiment.
 *
 * @param id identity
 * @param at when
 * @param experiment which
 * @param user who; the unit that is assigned to variants
 * @param variant what the user was shown, if the client says so; null to compute it
 */
public record Exposure(
    String id, Instant at, String experiment, String user, @Nullable String variant)
    implements Event {

  public Exposure {
    if (experiment.isBlank() || user.isBlank()) {
      throw new IllegalArgumentException(
          "an exposure is of a user to an experiment, not of \"%s\" to \"%s\""
              .formatted(user, experiment));
    }
  }
}
