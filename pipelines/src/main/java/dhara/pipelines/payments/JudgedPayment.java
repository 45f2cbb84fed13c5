package dhara.pipelines.payments;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A payment on which the rules have decided, as a model sees it.
 *
 * @param id the payment's identity
 * @param at when it was attempted
 * @param decision that of the rules
 * @param row its features
 */
record JudgedPayment(String id, Instant at, Decision decision, FraudRow row) implements Event {

  static JudgedPayment by(Rules rules, Features payment, @Nullable MerchantRisk merchant) {
    Decision decision = rules.decide(payment, merchant);
    return new JudgedPayment(
        payment.id(), payment.at(), decision, FraudRow.of(payment, merchant, decision));
  }
}
