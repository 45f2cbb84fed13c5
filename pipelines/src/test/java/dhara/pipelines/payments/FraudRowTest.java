package dhara.pipelines.payments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.formats.RecordFields;
import dhara.pipelines.payments.MerchantRisk.Share;
import dhara.transforms.model.Scored;
import dhara.transforms.model.Scored.Fallback;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FraudRowTest {

  private static final float NONE = Float.NaN;

  private static Features features(long payments, Double km, Long unused) {
    return new Features(
        "p",
        Instant.EPOCH,
        "payer",
        "shop",
        5_000,
        2,
        payments,
        payments * 100,
        payments,
        payments * 200,
        payments,
        payments * 250,
        km,
        unused,
        7,
        3);
  }

  private static Decision rules(Decision.Action action, double score) {
    return Decision.of(
        action, score, List.of(FraudRule.Name.high_amount), features(0, null, null), null);
  }

  private static final Decision CHALLENGED = rules(Decision.Action.CHALLENGE, 0.3);

  @Test
  void theNamesAreTheColumnsOfTheOutput() {
    assertThat(FraudRow.NAMES, is(RecordFields.of(FraudRow.class).names()));
  }

  @Test
  void aRowHasTheNumbersInTheOrderOfTheNames() {
    float[] row = new float[FraudRow.NAMES.size()];

    FraudRow.of(
            features(4, 12.3456, 90L),
            new MerchantRisk("shop", new Share(1, 1), new Share(8, 2), new Share(10, 1)),
            CHALLENGED)
        .into(row);

    assertThat(
        row,
        is(
            new float[] {
              5_000, 2, 4, 100, 4, 200, 4, 250, 20, 12.3456f, 90, 7, 3, 8, 1, 0.25f, 0.1f, 1, 0.3f
            }));
  }

  @Test
  void whatIsMissingIsNotANumber() {
    float[] row = new float[FraudRow.NAMES.size()];

    FraudRow.of(features(0, null, null), null, CHALLENGED).into(row);
    assertThat(
        row,
        is(
            new float[] {
              5_000, 2, 0, NONE, 0, NONE, 0, NONE, NONE, NONE, NONE, 7, 3, NONE, NONE, NONE, NONE,
              1, 0.3f
            }));
    MerchantRisk over = new MerchantRisk("shop", Share.NONE, Share.NONE, Share.NONE);
    FraudRow.of(features(0, null, null), over, CHALLENGED).into(row);
    assertThat("a merchant that was forgotten", row[13], is(NONE));
  }

  @Test
  void theModelDecidesUnlessTheRulesBlock() {
    assertThat(decided(CHALLENGED, 0.29), is("ALLOW 0.29 m 0.3 null"));
    assertThat(decided(CHALLENGED, 0.3), is("CHALLENGE 0.3 m 0.3 null"));
    assertThat(decided(CHALLENGED, 0.59994), is("CHALLENGE 0.5999 m 0.3 null"));
    assertThat(decided(CHALLENGED, 0.59996), is("BLOCK 0.6 m 0.3 null"));
    assertThat(decided(rules(Decision.Action.BLOCK, 0.7), 0.01), is("BLOCK 0.01 m 0.7 null"));
  }

  private static String decided(Decision rules, double probability) {
    return shown(rules.with(new Scored("m", probability, null), 0.3, 0.6));
  }

  @Test
  void theRulesDecideIfTheModelSaysNothingAndTheDecisionSaysWhy() {
    assertThat(
        shown(CHALLENGED.with(new Scored("m", Double.NaN, Fallback.FAILED), 0.3, 0.6)),
        is("CHALLENGE 0.3 m null FAILED"));
  }

  private static String shown(Decision of) {
    return "%s %s %s %s %s"
        .formatted(of.action(), of.score(), of.model(), of.rulesScore(), of.fallback());
  }
}
