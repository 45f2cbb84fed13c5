package dhara.pipelines.payments;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The features of a payment, as a model sees them: what it is trained on and what it scores are
 * rows of this one type. A component is null if it is missing, and then NaN in a row of numbers.
 *
 * @param amountMinor the amount in minor units
 * @param payments1h the payer's payments in the hour before it
 * @param payments1d the payer's payments of a day before it
 * @param mean1dMinor their mean amount; null if there are none
 * @param payments7d the payer's payments of 7 days before it
 * @param mean7dMinor their mean amount; null if there are none
 * @param payments30d the payer's payments of 30 days before it
 * @param mean30dMinor their mean amount; null if there are none
 * @param amountToMean30d the amount divided by that mean; null if there are none
 * @param kmFromUsual kilometres from the payer's usual place; null if one is unknown
 * @param deviceUnusedDays whole days since the payer has used this device, at most 90; null if the
 *     device is unknown, or the payer used none in that time
 * @param travelMinor the amount above which it and another are far apart within 10 minutes
 * @param places5m the places of the 5 minutes up to it
 * @param merchantPayments7d the merchant's payments of the 7 days before the last 7; null if none
 *     are known of the 30 days before
 * @param merchantRisk1d the share of fraud among those of the day before the last 7 days
 * @param merchantRisk7d the same of the 7 days before the last 7
 * @param merchantRisk30d the same of the 30 days before the last 7
 * @param rulesApplying how many rules apply
 * @param rulesScore the score of the rules, from 0 to 1
 */
public record FraudRow(
    float amountMinor,
    float payments1h,
    float payments1d,
    @Nullable Float mean1dMinor,
    float payments7d,
    @Nullable Float mean7dMinor,
    float payments30d,
    @Nullable Float mean30dMinor,
    @Nullable Float amountToMean30d,
    @Nullable Float kmFromUsual,
    @Nullable Float deviceUnusedDays,
    float travelMinor,
    float places5m,
    @Nullable Float merchantPayments7d,
    @Nullable Float merchantRisk1d,
    @Nullable Float merchantRisk7d,
    @Nullable Float merchantRisk30d,
    float rulesApplying,
    float rulesScore) {

  /** The names of the features, which are the columns of the output, in the order of a row. */
  static final List<String> NAMES =
      List.of(
          "amount_minor",
          "payments1h",
          "payments1d",
          "mean1d_minor",
          "payments7d",
          "mean7d_minor",
          "payments30d",
          "mean30d_minor",
          "amount_to_mean30d",
          "km_from_usual",
          "device_unused_days",
          "travel_minor",
          "places5m",
          "merchant_payments7d",
          "merchant_risk1d",
          "merchant_risk7d",
          "merchant_risk30d",
          "rules_applying",
          "rules_score");

  /**
   * The row of a payment.
   *
   * @param merchant what is known of its merchant; null for nothing
   * @param rules the decision by the rules
   */
  static FraudRow of(Features payment, @Nullable MerchantRisk merchant, Decision rules) {
    return new FraudRow(
        payment.amountMinor(),
        payment.payments1h(),
        payment.payments1d(),
        mean(payment.sum1dMinor(), payment.payments1d()),
        payment.payments7d(),
        mean(payment.sum7dMinor(), payment.payments7d()),
        payment.payments30d(),
        mean(payment.sum30dMinor(), payment.payments30d()),
        payment.payments30d() == 0
            ? null
            : (float)
                ((double) payment.amountMinor() * payment.payments30d() / payment.sum30dMinor()),
        narrowed(payment.kmFromUsual()),
        payment.deviceUnusedDays() == null ? null : (float) payment.deviceUnusedDays(),
        payment.travelMinor(),
        payment.places5m(),
        merchant == null || merchant.over30d().payments() == 0
            ? null
            : (float) merchant.over7d().payments(),
        merchant == null ? null : narrowed(merchant.over1d().risk()),
        merchant == null ? null : narrowed(merchant.over7d().risk()),
        merchant == null ? null : narrowed(merchant.over30d().risk()),
        rules.reasons().size(),
        (float) rules.score());
  }

  private static @Nullable Float mean(long sum, long count) {
    return count == 0 ? null : (float) ((double) sum / count);
  }

  private static @Nullable Float narrowed(@Nullable Double value) {
    return value == null ? null : (float) (double) value;
  }

  /** Writes the numbers in the order of {@link #NAMES}. */
  void into(float[] row) {
    row[0] = amountMinor;
    row[1] = payments1h;
    row[2] = payments1d;
    row[3] = number(mean1dMinor);
    row[4] = payments7d;
    row[5] = number(mean7dMinor);
    row[6] = payments30d;
    row[7] = number(mean30dMinor);
    row[8] = number(amountToMean30d);
    row[9] = number(kmFromUsual);
    row[10] = number(deviceUnusedDays);
    row[11] = travelMinor;
    row[12] = places5m;
    row[13] = number(merchantPayments7d);
    row[14] = number(merchantRisk1d);
    row[15] = number(merchantRisk7d);
    row[16] = number(merchantRisk30d);
    row[17] = rulesApplying;
    row[18] = rulesScore;
  }

  private static float number(@Nullable Float value) {
    return value == null ? Float.NaN : value;
  }
}
