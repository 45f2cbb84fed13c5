package dhara.pipelines.payments;

import dhara.events.Event;
import java.time.Instant;

/**
 * The finding that a payment was fraud, e.g. from a chargeback.
 *
 * @param id identity of the finding
 * @param at when it was found
 * @param payment the id of the payment
 * @param merchant where it was paid
 * @param paidAt when it was paid, not after {@code at}
 */
public record FraudLabel(String id, Instant at, String payment, String merchant, Instant paidAt)
    implements Event {

  public FraudLabel {
    if (paidAt.isAfter(at)) {
      throw new IllegalArgumentException(
          "paidAt is after the fraud was found: " + paidAt + " is after " + at);
    }
  }
}
