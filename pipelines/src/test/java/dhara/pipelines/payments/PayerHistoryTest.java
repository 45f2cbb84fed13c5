package dhara.pipelines.payments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.pipelines.payments.Payment.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class PayerHistoryTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final GeoPoint MUMBAI = new GeoPoint(19.076, 72.878);
  private static final GeoPoint DELHI = new GeoPoint(28.614, 77.209);

  private final List<Payment> payments = new ArrayList<>();

  private void pays(Duration after, long minor, @Nullable GeoPoint place, @Nullable String device) {
    pays(after, minor, place, device, Status.SUCCESS, null);
  }

  private void buys(Duration after, long minor, @Nullable GeoPoint place) {
    pays(after, minor, place, "phone", Status.SUCCESS, "shop");
  }

  private void pays(
      Duration after,
      long minor,
      @Nullable GeoPoint place,
      @Nullable String device,
      Status status,
      @Nullable String merchant) {
    payments.add(
        new Payment(
            "P%05d".formatted(payments.size()),
            START.plus(after),
            "payer",
            "payee",
            null,
            null,
            null,
            null,
            minor,
            status,
            null,
            null,
            device,
            merchant,
            place == null ? null : place.lat(),
            place == null ? null : place.lon()));
  }

  private Features last() {
    List<Features> features = new PayerHistory().over(payments);
    return features.get(features.size() - 1);
  }

  @Test
  void theHourBeforeAPaymentBeginsAfterTheSameTimeOfTheHourBefore() {
    pays(Duration.ZERO, 1, null, null);
    pays(Duration.ofMillis(1), 1, null, null);
    pays(Duration.ofHours(1), 1, null, null);

    assertThat(last().payments1h(), is(1L));
  }

  @Test
  void daysAreCountedInWholeHoursAndWithoutThePaymentItself() {
    pays(Duration.ofMinutes(30), 10, null, null); // at 09:30
    pays(Duration.ofHours(24).minusMillis(1), 20, null, null); // at 08:59:59.999
    pays(Duration.ofHours(24), 40, null, null); // at 09:00, when the first hour is out
    assertThat(last().payments1d(), is(1L));
    assertThat(last().sum1dMinor(), is(20L));
    assertThat(last().payments7d(), is(2L));
    assertThat(last().sum7dMinor(), is(30L));

    pays(Duration.ofDays(30).minusMillis(1), 80, null, null);
    assertThat(last().sum30dMinor(), is(70L));
    pays(Duration.ofDays(30), 80, null, null);
    assertThat(last().sum30dMinor(), is(140L));
  }

  @Test
  void theUsualPlaceIsTheMedianOfPlacesWherePaymentsSucceeded() {
    for (int n = 0; n < 4; n++) {
      pays(Duration.ofMinutes(n), 1, MUMBAI, null);
    }
    pays(Duration.ofMinutes(4), 1, DELHI, null, Status.FAILED, null);
    assertThat(last().kmFromUsual(), is(nullValue()));
    pays(Duration.ofMinutes(5), 1, MUMBAI, null);
    pays(Duration.ofMinutes(6), 1, DELHI, null);
    assertThat(last().kmFromUsual(), is(1148.095));
    pays(Duration.ofMinutes(7), 1, null, null);
    assertThat(last().kmFromUsual(), is(nullValue()));
    for (int n = 0; n < 20; n++) {
      pays(Duration.ofMinutes(8 + n), 1, DELHI, null);
    }
    pays(Duration.ofMinutes(30), 1, DELHI, null);
    assertThat(last().kmFromUsual(), is(0.0));
  }

  @Test
  void aDeviceIsNewIfItWasNotUsedForNinetyDays() {
    pays(Duration.ZERO, 1, null, "phone");
    assertThat("the first of all", last().deviceUnusedDays(), is(nullValue()));
    pays(Duration.ofDays(50), 1, null, "tablet");
    assertThat("never used", last().deviceUnusedDays(), is(90L));
    pays(Duration.ofDays(90), 1, null, "phone");
    assertThat("used just in time", last().deviceUnusedDays(), is(90L));
    pays(Duration.ofDays(90).plusHours(25), 1, null, "phone");
    assertThat(last().deviceUnusedDays(), is(1L));
    pays(Duration.ofDays(140).plusMillis(1), 1, null, "tablet");
    assertThat("forgotten", last().deviceUnusedDays(), is(90L));
  }

  @Test
  void aTravelIsAsLargeAsTheSmallerOfTwoPurchasesFarApartWithinTenMinutes() {
    buys(Duration.ZERO, 500, MUMBAI);
    buys(Duration.ofSeconds(1), 300, MUMBAI);
    pays(Duration.ofSeconds(2), 900, MUMBAI, "phone");
    buys(Duration.ofMinutes(10), 400, DELHI);
    assertThat(last().travelMinor(), is(400L));
    buys(Duration.ofMinutes(10).plusMillis(1), 400, DELHI);
    assertThat("the first is out", last().travelMinor(), is(300L));
    pays(Duration.ofMinutes(10).plusMillis(2), 400, DELHI, "phone");
    assertThat("no purchase", last().travelMinor(), is(0L));
  }

  @Test
  void placesNearEachOtherAreOne() {
    for (int n = 0; n < 5; n++) {
      pays(Duration.ofMinutes(n), 1, new GeoPoint(10 + n / 100.0 + 0.005, 20.005), null);
      pays(Duration.ofMinutes(n), 1, new GeoPoint(10 + n / 100.0 + 0.007, 20.007), null);
    }
    assertThat(last().places5m(), is(5L));
    pays(Duration.ofMinutes(5).plusMillis(1), 1, null, null);
    assertThat(last().places5m(), is(4L));
  }

  @Test
  void theOrderOfTimeDecidesAndNotThatOfArrival() {
    pays(Duration.ofMinutes(2), 4, null, null);
    pays(Duration.ofMinutes(1), 2, null, null);
    pays(Duration.ZERO, 1, null, null);

    assertThat(
        new PayerHistory().over(payments).stream().map(Features::sum1dMinor).toList(),
        contains(0L, 1L, 3L));
  }

  @Test
  void whatIsRememberedIsBounded() {
    PayerHistory fold = new PayerHistory();
    PayerHistory.State state = fold.initial();
    IntStream.range(0, 2_000)
        .forEach(n -> pays(Duration.ofMillis(n), 1, new GeoPoint(n % 90, n % 180), "device-" + n));
    for (Payment payment : payments) {
      state = fold.apply(state, payment, features -> {});
    }

    assertThat(
        List.of(
            state.times().size(),
            state.hours().size(),
            state.usual().size(),
            state.devices().size(),
            state.moves().size()),
        contains(1_000, 1, 20, 50, 200));
  }
}
