package dhara.pipelines.payments;

import dhara.events.Event;
import dhara.pipelines.payments.MerchantRisk.Day;
import dhara.pipelines.payments.MerchantRisk.Share;
import dhara.transforms.join.Version;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of a merchant's frauds at the beginning of each day.
 *
 * <p>Data: payments at a merchant and findings of fraud, in event-time order → a version of {@link
 * MerchantRisk} at each midnight at which it differs from the one before. Time: days are in UTC. A
 * finding counts for the day of its payment, from the midnight after the finding on. State: a
 * number of payments and frauds per day, for 38 days. Bad data: a finding about an earlier day, or
 * a later one, is ignored.
 */
final class RiskByDay
    implements Fold<RiskByDay.AtMerchant, RiskByDay.State, Version<MerchantRisk>> {

  private static final long serialVersionUID = 1L;

  private static final long DAY = Duration.ofDays(1).toMillis();

  /** How many days before a day are needed for its answer. */
  private static final int BACK = MerchantRisk.DELAY_DAYS + MerchantRisk.MOST_DAYS;

  /**
   * A payment at a merchant, or the finding that one was fraud.
   *
   * @param id of the payment or the finding
   * @param at when it was paid or found
   * @param paidAt when it was paid
   * @param fraud whether it is a finding
   */
  record AtMerchant(String id, Instant at, String merchant, Instant paidAt, boolean fraud)
      implements Event {

    /** A payment at a merchant. */
    static AtMerchant of(Payment payment) {
      return new AtMerchant(payment.id(), payment.at(), payment.merchant(), payment.at(), false);
    }

    /** A finding. */
    static AtMerchant of(FraudLabel label) {
      return new AtMerchant(label.id(), label.at(), label.merchant(), label.paidAt(), true);
    }
  }

  /**
   * What is remembered of a merchant.
   *
   * @param today the day of the last event or midnight
   * @param days those with payments or frauds, in order
   * @param given the last answer
   */
  record State(
      @Nullable String merchant, long today, List<Day> days, @Nullable MerchantRisk given) {

    private State with(AtMerchant event) {
      long paid = day(event.paidAt);
      Share one = event.fraud ? new Share(0, 1) : new Share(1, 0);
      List<Day> more = new ArrayList<>(days.size() + 1);
      boolean added = false;
      for (Day each : days) {
        if (!added && each.day() >= paid) {
          more.add(new Day(paid, each.day() == paid ? each.share().plus(one) : one));
          added = true;
        }
        if (each.day() != paid) {
          more.add(each);
        }
      }
      if (!added) {
        more.add(new Day(paid, one));
      }
      return new State(event.merchant, day(event.at), more, given);
    }
  }

  @Override
  public State initial() {
    return new State(null, 0, List.of(), null);
  }

  @Override
  public @Nullable State apply(State state, AtMerchant event, Consumer<Version<MerchantRisk>> out) {
    long paid = day(event.paidAt);
    if (paid > day(event.at) - BACK && paid <= day(event.at)) {
      return state.with(event);
    }
    return state.merchant == null ? null : state;
  }

  @Override
  public @Nullable Instant wakeAt(State state) {
    return midnight(state.today + 1);
  }

  @Override
  public @Nullable State wake(State state, Instant at, Consumer<Version<MerchantRisk>> out) {
    long today = state.today + 1;
    MerchantRisk risk = MerchantRisk.on(today, state.merchant, state.days);
    if (!risk.equals(state.given) && !(state.given == null && risk.isNone())) {
      out.accept(new Version<>(state.merchant, at, "", risk));
    }
    List<Day> left = state.days.stream().filter(day -> day.day() > today - BACK).toList();
    return left.isEmpty() && risk.isNone() ? null : new State(state.merchant, today, left, risk);
  }

  /** Longer than any day matters. */
  @Override
  public Duration keep() {
    return Duration.ofDays(BACK + 2);
  }

  private static long day(Instant at) {
    return Math.floorDiv(at.toEpochMilli(), DAY);
  }

  private static Instant midnight(long day) {
    return Instant.ofEpochMilli(day * DAY);
  }
}
