package dhara.pipelines.payments;

import dhara.transforms.order.Fold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks at each payment of a payer with those before it.
 *
 * <p>Data: payments of a payer in event-time order → {@link Features} of each, before it is added
 * to what is remembered. Time: in milliseconds; "within" a time includes its beginning, except the
 * hour before a payment, which does not. State: {@link State}, forgotten 90 days after the payer's
 * last payment. Bad data: a payment without place or device says nothing of them.
 *
 * <p>To bound the state, amounts of a day and more are kept by hours of the clock, at most 720 of
 * them. Of the times of the last hour the newest 1,000 are kept, of devices the 50 that were used
 * last, and of places within 10 minutes the newest 200.
 */
final class PayerHistory implements Fold<Payment, PayerHistory.State, Features> {

  private static final long serialVersionUID = 1L;

  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long TRAVEL = Duration.ofMinutes(10).toMillis();
  private static final long MANY_PLACES = Duration.ofMinutes(5).toMillis();

  /** A device is new if it was not used for so many days. */
  static final long DEVICE_DAYS = 90;

  private static final double TRAVEL_KM = 10;

  private static final int MOST_HOURS = 30 * 24;
  private static final int MOST_TIMES = 1_000;
  private static final int MOST_DEVICES = 50;
  private static final int MOST_MOVES = 200;

  /** The last places from which payments succeeded: their median is the usual place. */
  private static final int MOST_USUAL = 20;

  private static final int LEAST_USUAL = 5;

  /**
   * The payments in an hour of the clock.
   *
   * @param hour hours since 1970-01-01T00:00:00Z
   */
  record Hour(long hour, long payments, long amountMinor) {}

  /** A device, and when it was used last, in epoch milliseconds. */
  record Device(String device, long lastMillis) {}

  /**
   * A payment at a place.
   *
   * @param atMillis epoch milliseconds
   * @param purchaseMinor its amount in minor units if it is a purchase, else 0
   */
  record Move(long atMillis, GeoPoint place, long purchaseMinor) {}

  /**
   * What is remembered of a payer. Each list is in the order of time.
   *
   * @param times of the payments of the last hour, epoch milliseconds
   * @param hours with payments, of the last 30 days
   * @param usual the last places from which payments succeeded
   * @param devices used in the last 90 days, each once
   * @param moves the places of the last 10 minutes
   */
  record State(
      List<Long> times,
      List<Hour> hours,
      List<GeoPoint> usual,
      List<Device> devices,
      List<Move> moves) {

    private static final State NEW =
        new State(List.of(), List.of(), List.of(), List.of(), List.of());

    /** The part that matters at a time. */
    State at(long millis) {
      return new State(
          only(times, time -> time > millis - HOUR),
          only(hours, hour -> hour.hour > hourOf(millis) - MOST_HOURS),
          usual,
          only(devices, device -> device.lastMillis >= millis - DEVICE_DAYS * DAY),
          only(moves, move -> move.atMillis >= millis - TRAVEL));
    }

    /** With another payment. */
    State with(Payment payment, long at) {
      GeoPoint place = payment.place();
      String device = payment.device();
      return new State(
          added(times, at, MOST_TIMES),
          withHour(hourOf(at), payment.amountMinor()),
          place == null || payment.status() != Payment.Status.SUCCESS
              ? usual
              : added(usual, place, MOST_USUAL),
          device == null
              ? devices
              : added(
                  only(devices, known -> !known.device.equals(device)),
                  new Device(device, at),
                  MOST_DEVICES),
          place == null
              ? moves
              : added(
                  moves,
                  new Move(at, place, payment.merchant() == null ? 0 : payment.amountMinor()),
                  MOST_MOVES));
    }

    private List<Hour> withHour(long hour, long amountMinor) {
      Hour last = hours.isEmpty() ? null : hours.get(hours.size() - 1);
      if (last == null || last.hour != hour) {
        return added(hours, new Hour(hour, 1, amountMinor), MOST_HOURS);
      }
      return added(
          hours.subList(0, hours.size() - 1),
          new Hour(hour, last.payments + 1, last.amountMinor + amountMinor),
          MOST_HOURS);
    }

    /** The newest, with another. */
    private static <T> List<T> added(List<T> list, T another, int most) {
      List<T> more = new ArrayList<>(list.size() + 1);
      more.addAll(list.size() < most ? list : list.subList(list.size() - most + 1, list.size()));
      more.add(another);
      return more;
    }

    /** Those of a list in the order of time that still matter; mostly all of them. */
    private static <T> List<T> only(List<T> list, Predicate<T> matters) {
      return list.stream().allMatch(matters) ? list : list.stream().filter(matters).toList();
    }
  }

  @Override
  public State initial() {
    return State.NEW;
  }

  @Override
  public State apply(State before, Payment payment, Consumer<Features> out) {
    long at = payment.at().toEpochMilli();
    State state = before.at(at);
    out.accept(features(payment, at, state));
    return state.with(payment, at);
  }

  /** Devices are remembered the longest. */
  @Override
  public Duration keep() {
    return Duration.ofDays(DEVICE_DAYS);
  }

  private static Features features(Payment payment, long at, State state) {
    Hour day = sum(state.hours, hourOf(at) - 24);
    Hour week = sum(state.hours, hourOf(at) - 7 * 24);
    Hour month = sum(state.hours, hourOf(at) - MOST_HOURS);
    GeoPoint place = payment.place();
    return new Features(
        payment.id(),
        payment.at(),
        payment.payer(),
        payment.merchant(),
        payment.amountMinor(),
        state.times.size(),
        day.payments,
        day.amountMinor,
        week.payments,
        week.amountMinor,
        month.payments,
        month.amountMinor,
        place == null || state.usual.size() < LEAST_USUAL
            ? null
            : Math.rint(place.kilometres(GeoPoint.median(state.usual)) * 1e3) / 1e3,
        deviceUnusedDays(payment.device(), at, state.devices),
        place == null || payment.merchant() == null ? 0 : travel(payment, place, state.moves),
        places(place, at, state.moves));
  }

  private static Hour sum(List<Hour> hours, long after) {
    long payments = 0;
    long amountMinor = 0;
    for (Hour hour : hours) {
      if (hour.hour > after) {
        payments += hour.payments;
        amountMinor += hour.amountMinor;
      }
    }
    return new Hour(after, payments, amountMinor);
  }

  private static @Nullable Long deviceUnusedDays(
      @Nullable String device, long at, List<Device> devices) {
    if (device == null || devices.isEmpty()) {
      return null;
    }
    for (Device known : devices) {
      if (known.device.equals(device)) {
        return (at - known.lastMillis) / DAY;
      }
    }
    return DEVICE_DAYS;
  }

  private static long travel(Payment payment, GeoPoint place, List<Move> moves) {
    long most = 0;
    for (Move move : moves) {
      long both = Math.min(payment.amountMinor(), move.purchaseMinor);
      if (both > most && place.kilometres(move.place) > TRAVEL_KM) {
        most = both;
      }
    }
    return most;
  }

  private static long places(@Nullable GeoPoint place, long at, List<Move> moves) {
    return moves.stream()
            .filter(move -> move.atMillis >= at - MANY_PLACES)
            .mapToLong(move -> move.place.cell())
            .distinct()
            .filter(cell -> place == null || cell != place.cell())
            .count()
        + (place == null ? 0 : 1);
  }

  private static long hourOf(long at) {
    return Math.floorDiv(at, HOUR);
  }
}
