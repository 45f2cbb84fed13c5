package dhara.pipelines.payments;

import dhara.pipelines.payments.FraudRule.Name;
import dhara.transforms.model.Scored;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What to do with a payment, and why.
 *
 * @param action what to do
 * @param score how certain fraud is, from 0 to 1, to four digits: what the model in force says, or
 *     else what the rules say
 * @param reasons the rules that apply
 * @param amountMinor the amount in minor units
 * @param payments1h the payer's payments in the hour before it
 * @param payments1d the payer's payments of a day before it
 * @param mean1dMinor their mean amount, rounded down; 0 if there are none
 * @param payments7d the payer's payments of 7 days before it
 * @param mean7dMinor their mean amount
 * @param payments30d the payer's payments of 30 days before it
 * @param mean30dMinor their mean amount
 * @param kmFromUsual kilometres from the payer's usual place, if both are known
 * @param merchantRisk1d the share of fraud among the merchant's payments of the day before the last
 *     7 days; null if there were none
 * @param merchantRisk7d the same of the 7 days before the last 7
 * @param merchantRisk30d the same of the 30 days before the last 7
 * @param model the version of the model that was in force; null if none was
 * @param rulesScore what the rules say, where the score is that of the model
 * @param fallback why the rules decided although a model was in force
 */
public record Decision(
    Action action,
    double score,
    List<Name> reasons,
    long amountMinor,
    long payments1h,
    long payments1d,
    long mean1dMinor,
    long payments7d,
    long mean7dMinor,
    long payments30d,
    long mean30dMinor,
    @Nullable Double kmFromUsual,
    @Nullable Double merchantRisk1d,
    @Nullable Double merchantRisk7d,
    @Nullable Double merchantRisk30d,
    @Nullable String model,
    @Nullable Double rulesScore,
    Scored.@Nullable Fallback fallback) {

  /** What to do with a payment. */
  public enum Action {
    /** Let it through. */
    ALLOW,
    /** Ask the payer to prove who they are. */
    CHALLENGE,
    /** Refuse it. */
    BLOCK
  }

  static Decision of(
      Action action,
      double score,
      List<Name> reasons,
      Features payment,
      @Nullable MerchantRisk merchant) {
    return new Decision(
        action,
        score,
        reasons,
        payment.amountMinor(),
        payment.payments1h(),
        payment.payments1d(),
        mean(payment.sum1dMinor(), payment.payments1d()),
        payment.payments7d(),
        mean(payment.sum7dMinor(), payment.payments7d()),
        payment.payments30d(),
        mean(payment.sum30dMinor(), payment.payments30d()),
        payment.kmFromUsual(),
        merchant == null ? null : merchant.over1d().risk(),
        merchant == null ? null : merchant.over7d().risk(),
        merchant == null ? null : merchant.over30d().risk(),
        null,
        null,
        null);
  }

  /**
   * This decision of the rules with what the model says. Its probability takes the place of their
   * score; what the rules block stays blocked.
   *
   * @param challenge from which probability on a payment is challenged
   * @param block from which on it is blocked
   */
  Decision with(Scored scored, double challenge, double block) {
    if (scored.fallback() != null) {
      return with(action, score, scored.version(), null, scored.fallback());
    }
    double probability = Rules.rounded(scored.probability());
    Action decided;
    if (action == Action.BLOCK || probability >= block) {
      decided = Action.BLOCK;
    } else {
      decided = probability >= challenge ? Action.CHALLENGE : Action.ALLOW;
    }
    return with(decided, probability, scored.version(), score, null);
  }

  private Decision with(
      Action newAction,
      double newScore,
      String newModel,
      @Nullable Double newRulesScore,
      Scored.@Nullable Fallback newFallback) {
    return new Decision(
        newAction,
        newScore,
        reasons,
        amountMinor,
        payments1h,
        payments1d,
        mean1dMinor,
        payments7d,
        mean7dMinor,
        payments30d,
        mean30dMinor,
        kmFromUsual,
        merchantRisk1d,
        merchantRisk7d,
        merchantRisk30d,
        newModel,
        newRulesScore,
        newFallback);
  }

  private static long mean(long sum, long count) {
    return count == 0 ? 0 : sum / count;
  }
}
