package dhara.pipelines.travel;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.travel.Booking.Outcome;
import dhara.pipelines.travel.Booking.Quota;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up bookings of three trains. From two minutes before an opening on people come, most of them
 * in its first seconds, when the system gets slow and some attempts fail; when the Tatkal seats of
 * a train and class are gone, attempts go to the waiting list. Between openings somebody books now
 * and then. Nobody but bots tries twice within half a minute.
 *
 * <p>What is planted in the first attempt of a bot is by what it can be told: {@code USER} if it
 * uses one user from many addresses, {@code ADDRESS} if it uses many users from one address, or
 * both.
 */
final class MadeUpBookings {

  /** Two minutes before the first opening, 10:00 in India. */
  private static final Instant START = Instant.parse("2026-01-05T04:28:00Z");

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final String[] TRAINS = {"12301", "12951", "22691"};
  private static final String[] AC = {"2A", "3A"};
  private static final String[] NON_AC = {"SL", "2S"};
  private static final int SEATS = 20;
  private static final int USERS = 900;

  private final SplittableRandom random;
  private final Map<String, Integer> seats = new HashMap<>();
  private long attempts;
  private int nextUser;
  private int bots;

  private MadeUpBookings(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpBookings all = new MadeUpBookings(seed);
    return LongStream.iterate(0, minute -> minute + 1)
        .boxed()
        .flatMap(minute -> all.minute(minute).stream())
        .limit(count);
  }

  private List<Given<?>> minute(long minute) {
    long ofDay = minute % 1_440;
    boolean ac = ofDay < 60;
    long since = ac ? ofDay - 2 : ofDay - 62;
    if (ofDay == 0) {
      seats.clear();
    }
    boolean quiet = since > 8;
    int people = since < 0 ? 10 : quiet ? (minute % 5 == 0 ? 1 : 0) : 240 >> Math.min(since, 5);
    List<Given<?>> events = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      // The square of a uniform number is small more often than not: most come at once.
      double part = random.nextDouble();
      long millis = (long) ((since == 0 ? part * part : part) * MINUTE);
      boolean tatkal = !quiet && random.nextInt(10) > 0;
      nextUser = (nextUser + 1) % USERS;
      events.add(
          given(
              minute * MINUTE + millis, user(nextUser), address(nextUser), ac, tatkal, since, ""));
    }
    if (since == 0 || since == 3) {
      events.addAll(bot(minute * MINUTE + random.nextLong(40 * SECOND), ac, since));
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private List<Given<?>> bot(long millis, boolean ac, long since) {
    String planted = List.of("USER", "ADDRESS", "USER ADDRESS").get(random.nextInt(3));
    int bot = ++bots;
    List<Given<?>> events = new ArrayList<>();
    int tries = 7 + random.nextInt(8);
    long at = millis;
    for (int i = 0; i < tries; i++) {
      String user = planted.equals("ADDRESS") ? "bot-%04d-%d".formatted(bot, i) : "bot-" + bot;
      String address =
          planted.equals("USER")
              ? "198.51.%d.%d".formatted(bot % 250, i)
              : "203.0.%d.%d".formatted(bot / 250 % 250, bot % 250);
      events.add(given(at, user, address, ac, true, since, i == 0 ? planted : ""));
      at += 100 + random.nextLong(900);
    }
    return events;
  }

  private static String user(int number) {
    return "user-%03d".formatted(number);
  }

  /** Some are behind an address that they do not send. */
  private static @Nullable String address(int number) {
    return number % 9 == 0 ? null : "192.0.%d.%d".formatted(number / 250, number % 250);
  }

  private Given<?> given(
      long millis,
      String user,
      @Nullable String address,
      boolean ac,
      boolean tatkal,
      long since,
      String planted) {
    String train = TRAINS[random.nextInt(TRAINS.length)];
    String travelClass = (ac ? AC : NON_AC)[random.nextInt(2)];
    boolean busy = since == 0;
    boolean fails = random.nextInt(busy ? 6 : 25) == 0;
    boolean closed = tatkal && since < 0;
    Outcome outcome =
        fails || closed
            ? Outcome.FAILED
            : !tatkal || seat(train + travelClass) ? Outcome.CONFIRMED : Outcome.WAITLISTED;
    Long response =
        fails && random.nextBoolean() ? null : (Long) (200 + random.nextLong(busy ? 4_000 : 600));
    return BookingRush.BOOKINGS
        .given(
            new Booking(
                "B%08d".formatted(++attempts),
                START.plusMillis(millis),
                user,
                address,
                train,
                travelClass,
                tatkal ? Quota.TATKAL : random.nextBoolean() ? Quota.GENERAL : null,
                outcome,
                response))
        .planted(planted);
  }

  private boolean seat(String of) {
    return seats.merge(of, 1, Integer::sum) <= SEATS;
  }
}
