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
 * @param paidAt when it was paid; a finding before that is ignored
 */
public record FraudLabel(String id, Instant at, String payment, String merchant, Instant paidAt)
    implements Event {}
