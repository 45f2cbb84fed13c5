package dhara.pipelines.payments;

import dhara.pipelines.payments.FraudRule.Name;
import dhara.transforms.join.InForce;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rules that are in force: which of them apply to a payment, and what follows. */
final class Rules {

  private final InForce<FraudRule> inForce;

  Rules(InForce<FraudRule> inForce) {
    this.inForce = inForce;
  }

  /** What to do with a payment. */
  Decision decide(Features payment, @Nullable MerchantRisk merchant) {
    List<Name> applying = new ArrayList<>();
    double none = 1;
    for (Name name : Name.values()) {
      double weight = weight(name);
      if (weight > 0 && applies(name, threshold(name), payment, merchant)) {
        applying.add(name);
        none *= 1 - weight;
      }
    }
    // The chance that at least one of the rules is right, if they were independent (noisy or).
    double score = rounded(1 - none);
    return Decision.of(action(score), score, applying, payment, merchant);
  }

  private static boolean applies(
      Name name, double threshold, Features payment, @Nullable MerchantRisk merchant) {
    return switch (name) {
      case high_velocity_1h -> payment.payments1h() > threshold;
      case high_amount -> payment.amountMinor() > threshold;
      case location_mismatch -> payment.kmFromUsual() != null && payment.kmFromUsual() > threshold;
      case new_device ->
          payment.deviceUnusedDays() != null && payment.deviceUnusedDays() >= threshold;
      case impossible_travel -> payment.travelMinor() > threshold;
      case many_places -> payment.places5m() >= threshold;
      case risky_merchant -> merchant != null && merchant.above(threshold);
      case challenge, block -> false;
    };
  }

  private Decision.Action action(double score) {
    if (score >= threshold(Name.block)) {
      return Decision.Action.BLOCK;
    }
    return score >= threshold(Name.challenge) ? Decision.Action.CHALLENGE : Decision.Action.ALLOW;
  }

  private double threshold(Name name) {
    return inForce.get(name.name()).map(FraudRule::threshold).orElse(name.threshold());
  }

  private double weight(Name name) {
    return inForce.get(name.name()).map(FraudRule::weight).orElse(name.weight());
  }

  /** To four digits. */
  static double rounded(double share) {
    return Math.rint(share * 1e4) / 1e4;
  }
}
