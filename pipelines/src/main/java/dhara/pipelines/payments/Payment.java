package dhara.pipelines.payments;

import dhara.events.Event;
import dhara.geo.Distance;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An attempt to pay.
 *
 * @param id identity; of two payments at the same time, the one with the smaller id came first
 * @param at when it was attempted
 * @param payer who pays
 * @param payee who is paid
 * @param payerBank the payer's bank
 * @param payeeBank the payee's bank
 * @param app the app that it was made with
 * @param kind what is paid for
 * @param amountMinor the amount in minor units of the currency (paise), above zero
 * @param status what became of it
 * @param failureCode why it failed, if it did
 * @param latencyMillis how long it took
 * @param device the payer's device
 * @param merchant the merchant or terminal, if it is a purchase
 * @param lat where the payer is, in degrees north; known together with {@code lon}
 * @param lon where the payer is, in degrees east
 */
public record Payment(
    String id,
    Instant at,
    String payer,
    String payee,
    @Nullable String payerBank,
    @Nullable String payeeBank,
    @Nullable String app,
    @Nullable Kind kind,
    long amountMinor,
    Status status,
    @Nullable String failureCode,
    @Nullable Long latencyMillis,
    @Nullable String device,
    @Nullable String merchant,
    @Nullable Double lat,
    @Nullable Double lon)
    implements Event {

  /** What a payment is for. */
  public enum Kind {
    /** Person to person. */
    P2P,
    /** Person to merchant. */
    P2M,
    /** A bill. */
    BILL,
    /** Prepaid credit, e.g. of a telephone. */
    RECHARGE,
    /** With a card, at a terminal or online. */
    CARD
  }

  /** What became of a payment. */
  public enum Status {
    /** The money has moved. */
    SUCCESS,
    /** It has not. */
    FAILED,
    /** Not known yet. */
    PENDING,
    /** It had, and was moved back. */
    REVERSED
  }

  /** The largest amount, in minor units: sums of nine million such payments fit a long. */
  private static final long MOST_MINOR = 1_000_000_000_000L;

  /** A week: sums of a billion latencies fit a long. */
  private static final long MOST_MILLIS = 604_800_000L;

  public Payment {
    if (amountMinor <= 0) {
      throw new IllegalArgumentException("amountMinor is not above zero: " + amountMinor);
    }
    if (amountMinor > MOST_MINOR) {
      throw new IllegalArgumentException(
          "amountMinor is beyond " + MOST_MINOR + ": " + amountMinor);
    }
    if (latencyMillis != null && (latencyMillis < 0 || latencyMillis > MOST_MILLIS)) {
      throw new IllegalArgumentException(
          "latencyMillis is not within 0 and a week, %d: %d".formatted(MOST_MILLIS, latencyMillis));
    }
    if ((lat == null) != (lon == null)) {
      throw new IllegalArgumentException("of lat and lon there is only one: " + lat + ", " + lon);
    }
    if (lat != null && lon != null) {
      Distance.checkPlace(lat, lon);
    }
  }

  /** Where it was made, if that is known. */
  public @Nullable GeoPoint place() {
    return lat == null || lon == null ? null : new GeoPoint(lat, lon);
  }
}
