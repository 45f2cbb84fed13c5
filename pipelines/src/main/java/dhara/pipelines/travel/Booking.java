package dhara.pipelines.travel;

import dhara.events.Event;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An attempt to book seats of a train, and what became of it.
 *
 * @param id identity
 * @param at when it was attempted
 * @param user who tries, if known
 * @param address from where, such as an IP address, if known
 * @param train its number
 * @param travelClass the code of the class, one of {@link #AC} and {@link #NON_AC}
 * @param quota which seats; null counts as {@code GENERAL}
 * @param outcome what became of it
 * @param responseMillis how long the answer took; null if there was none
 */
public record Booking(
    String id,
    Instant at,
    @Nullable String user,
    @Nullable String address,
    String train,
    String travelClass,
    @Nullable Quota quota,
    Outcome outcome,
    @Nullable Long responseMillis)
    implements Event {

  /** The air-conditioned classes. */
  public static final Set<String> AC =
      Set.of("1A", "2A", "3A", "3E", "CC", "EC", "EA", "EV", "VC", "VS");

  /** The classes without air conditioning. */
  public static final Set<String> NON_AC = Set.of("SL", "2S", "FC");

  private static final long MOST_MILLIS = 3_600_000;

  /** Which seats are booked. */
  public enum Quota {
    /** Those that anybody can book, long before. */
    GENERAL,
    /** Those that open the day before. */
    TATKAL,
    /** The same, at a price that rises. */
    PREMIUM_TATKAL,
    /** Any other. */
    OTHER
  }

  /** What becomes of an attempt. */
  public enum Outcome {
    /** Seats or berths, also shared ones (RAC). */
    CONFIRMED,
    /** A place on the waiting list. */
    WAITLISTED,
    /** Nothing: refused, timed out, or not paid. */
    FAILED
  }

  public Booking {
    if (!AC.contains(travelClass) && !NON_AC.contains(travelClass)) {
      throw new IllegalArgumentException(
          "travelClass %s is none of %s and %s"
              .formatted(travelClass, new TreeSet<>(AC), new TreeSet<>(NON_AC)));
    }
    if (responseMillis != null && (responseMillis < 0 || responseMillis > MOST_MILLIS)) {
      throw new IllegalArgumentException(
          "responseMillis is not within 0 and an hour: " + responseMillis);
    }
  }

  /** Whether the class is air-conditioned. */
  boolean isAc() {
    return AC.contains(travelClass);
  }
}
