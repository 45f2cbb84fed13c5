package dhara.pipelines.payments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.payments.MerchantRisk.Share;
import dhara.pipelines.payments.RiskByDay.AtMerchant;
import dhara.transforms.join.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RiskByDayTest {

  private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");
  private static final Share NONE = Share.NONE;

  /** A payment on a day at noon. */
  private static AtMerchant paid(int day) {
    Instant at = noon(day);
    return new AtMerchant("P" + day, at, "shop", at, false);
  }

  /** The finding, on a day at noon, that the payment of an earlier day was fraud. */
  private static AtMerchant found(int day, int paid) {
    return new AtMerchant("F" + day, noon(day), "shop", noon(paid), true);
  }

  private static Instant noon(int day) {
    return MONDAY.plus(Duration.ofDays(day)).plus(Duration.ofHours(12));
  }

  private static Version<MerchantRisk> risk(int day, Share day1, Share days7, Share days30) {
    return new Version<>(
        "shop",
        MONDAY.plus(Duration.ofDays(day)),
        "",
        new MerchantRisk("shop", day1, days7, days30));
  }

  private static List<Version<MerchantRisk>> risks(AtMerchant... events) {
    return new RiskByDay().over(List.of(events));
  }

  @Test
  void aPaymentIsKnownAfterSevenDaysAndForgottenAfterThirtyMore() {
    Share one = new Share(1, 0);
    assertThat(
        risks(paid(0)),
        is(
            List.of(
                risk(8, one, one, one),
                risk(9, NONE, one, one),
                risk(15, NONE, NONE, one),
                risk(38, NONE, NONE, NONE))));
  }

  @Test
  void aFraudCountsFromTheMidnightAfterItWasFoundOn() {
    Share one = new Share(1, 0);
    Share fraud = new Share(1, 1);
    assertThat(
        risks(paid(0), found(10, 0)).subList(0, 4),
        is(
            List.of(
                risk(8, one, one, one),
                risk(9, NONE, one, one),
                risk(11, NONE, fraud, fraud),
                risk(15, NONE, NONE, fraud))));
  }

  @Test
  void aFraudThatIsFoundTooLateOrTooEarlyIsIgnored() {
    assertThat(risks(found(37, 0)), is(empty()));
    assertThat(risks(found(36, 0)).size(), is(2));
    assertThat("found before it was paid", risks(found(1, 3)), is(empty()));
  }

  @Test
  void paymentsOfADayAddUp() {
    List<AtMerchant> events = new ArrayList<>(List.of(paid(0), paid(1), found(2, 1)));
    events.add(new AtMerchant("P", noon(1), "shop", noon(1), false));

    assertThat(
        new RiskByDay().over(events).get(1),
        is(risk(9, new Share(2, 1), new Share(3, 1), new Share(3, 1))));
  }
}
