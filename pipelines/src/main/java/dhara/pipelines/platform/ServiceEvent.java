package dhara.pipelines.platform;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that a service did: a request, a job, a message.
 *
 * @param id identity
 * @param at when it happened
 * @param service which service
 * @param kind what it did, such as {@code GET} or {@code checkout}
 * @param user for whom, if known
 * @param session in which session of the user, if known
 * @param status how it ended: an HTTP status, or a word; null counts as a success
 * @param latencyMillis how long it took, if known
 * @param value any number that is to be added up, such as bytes or money
 */
public record ServiceEvent(
    String id,
    Instant at,
    String service,
    String kind,
    @Nullable String user,
    @Nullable String session,
    @Nullable String status,
    @Nullable Long latencyMillis,
    @Nullable Double value)
    implements Event {

  /** A week: sums of a billion latencies fit a long. */
  private static final long MOST_MILLIS = 604_800_000L;

  /** Sums of values up to this are finite. */
  private static final double MOST = 1e100;

  public ServiceEvent {
    if (latencyMillis != null && (latencyMillis < 0 || latencyMillis > MOST_MILLIS)) {
      throw new IllegalArgumentException(
          "latencyMillis is not within 0 and a week, %d: %d".formatted(MOST_MILLIS, latencyMillis));
    }
    if (value != null && !(Math.abs(value) <= MOST)) {
      throw new IllegalArgumentException("value is not a number within -1e100 and 1e100: " + value);
    }
  }
}
