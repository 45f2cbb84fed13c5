package dhara.parity.travel;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.travel.Booking;
import dhara.pipelines.travel.Booking.Outcome;
import dhara.pipelines.travel.BookingRush;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** Sorts the bookings of each train, user and address, and counts them. */
@AutoService(Oracle.class)
public final class BookingRushOracle implements Oracle {

  @Override
  public String analysis() {
    return "booking-rush";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT1M",
            "--every=PT30S",
            "--burstAttempts=3",
            "--burstWithin=PT1.5S",
            "--acOpensAt=10:01",
            "--nonAcOpensAt=05:29:30",
            "--openingZone=UTC",
            "--openingStep=PT7S",
            "--openingFor=PT7M"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    BookingRush.Options options = given.as(BookingRush.Options.class);
    List<Booking> bookings = inputs.of("bookings", Booking.class);
    List<String> rush = new ArrayList<>();
    Box.fill(bookings, BookingRushOracle::about, options, Duration.ofSeconds(10))
        .forEach(
            (box, of) ->
                rush.add(
                    """
                    {%s,%s,"attempts":%d,"confirmed":%d,"waitlisted":%d,"failed":%d,\
                    "success_rate":%s,"response_p95_millis":%s}"""
                        .formatted(
                            box.key(),
                            box.window(),
                            of.size(),
                            count(of, Outcome.CONFIRMED),
                            count(of, Outcome.WAITLISTED),
                            count(of, Outcome.FAILED),
                            (double) count(of, Outcome.CONFIRMED) / of.size(),
                            p95(of))));
    List<String> bursts = new ArrayList<>();
    bursts("USER", Booking::user, bookings, options, bursts);
    bursts("ADDRESS", Booking::address, bookings, options, bursts);
    return Map.of("rush", rush, "openings", openings(bookings, options), "bursts", bursts);
  }

  private static String about(Booking booking) {
    return "\"train\":\"%s\",\"travel_class\":\"%s\""
        .formatted(booking.train(), booking.travelClass());
  }

  private static long count(List<Booking> bookings, Outcome outcome) {
    return bookings.stream().filter(booking -> booking.outcome() == outcome).count();
  }

  /**
   * The middle of the bucket of the value with the rank of 95 %, or null; a bucket has one 128th of
   * a power of 2.
   */
  private static String p95(List<Booking> bookings) {
    List<Long> millis =
        bookings.stream().map(Booking::responseMillis).filter(Objects::nonNull).sorted().toList();
    if (millis.isEmpty()) {
      return "null";
    }
    int rank = (95 * millis.size() + 99) / 100;
    long value = millis.get(rank - 1);
    if (rank == 1 || rank == millis.size() || value == 0) {
      return String.valueOf((double) value);
    }
    double width = Long.highestOneBit(value) / 128.0;
    double middle = Math.floor((double) value / width) * width + width / 2;
    return String.valueOf(Math.max(millis.get(0), Math.min(millis.get(millis.size() - 1), middle)));
  }

  private static Instant opening(Booking booking, BookingRush.Options options) {
    ZonedDateTime local = booking.at().atZone(ZoneId.of(options.getOpeningZone()));
    boolean ac = List.of("1A", "2A", "3A", "3E", "CC", "EC").contains(booking.travelClass());
    return local
        .with(LocalTime.parse(ac ? options.getAcOpensAt() : options.getNonAcOpensAt()))
        .toInstant();
  }

  private static List<String> openings(List<Booking> bookings, BookingRush.Options options) {
    Map<String, List<Booking>> openings = new TreeMap<>();
    for (Booking booking : bookings) {
      Instant opened = opening(booking, options);
      Duration after = Duration.between(opened, booking.at());
      if (booking.quota() == Booking.Quota.TATKAL
          && !after.isNegative()
          && after.compareTo(options.getOpeningFor()) < 0) {
        openings
            .computeIfAbsent(
                about(booking) + ",\"opened_at\":\"" + Box.text(opened) + "\"",
                key -> new ArrayList<>())
            .add(booking);
      }
    }
    List<String> points = new ArrayList<>();
    openings.forEach(
        (about, all) -> {
          Instant opened = opening(all.get(0), options);
          Box.tumbling(all, booking -> about, options.getOpeningStep())
              .forEach(
                  (box, of) -> {
                    List<Booking> soFar =
                        all.stream().filter(each -> each.at().isBefore(box.end())).toList();
                    points.add(
                        """
                        {%s,%s,"seconds_after":%s,"attempts":%d,"confirmed":%d,\
                        "attempts_so_far":%d,"confirmed_so_far":%d,"waitlisted_so_far":%d,\
                        "success_rate_so_far":%s}"""
                            .formatted(
                                about,
                                box.window(),
                                Duration.between(opened, box.end()).toMillis() / 1e3,
                                of.size(),
                                count(of, Outcome.CONFIRMED),
                                soFar.size(),
                                count(soFar, Outcome.CONFIRMED),
                                count(soFar, Outcome.WAITLISTED),
                                (double) count(soFar, Outcome.CONFIRMED) / soFar.size()));
                  });
        });
    return points;
  }

  private static void bursts(
      String of,
      Function<Booking, String> name,
      List<Booking> bookings,
      BookingRush.Options options,
      List<String> bursts) {
    Duration within = options.getBurstWithin();
    Map<String, List<Booking>> byName = new TreeMap<>();
    bookings.stream()
        .filter(booking -> name.apply(booking) != null)
        .sorted(Comparator.comparing(Booking::at).thenComparing(Booking::id))
        .forEach(
            booking ->
                byName.computeIfAbsent(name.apply(booking), key -> new ArrayList<>()).add(booking));
    byName.forEach(
        (key, all) -> {
          int allowed = options.getBurstAttempts();
          int first = 0;
          while (first + allowed < all.size()) {
            if (!within(all, first, first + allowed, within)) {
              first++;
              continue;
            }
            int last = first + allowed;
            String suspect = "\"of\":\"%s\",\"name\":\"%s\"".formatted(of, key);
            Instant since = all.get(first).at();
            String incident = "%s/%s/%s/".formatted(of, key, since);
            bursts.add(
                row(incident, suspect, all.get(last).at(), "BEGUN", all.subList(first, last + 1)));
            while (last + 1 < all.size() && within(all, last, last + 1, within)) {
              last++;
            }
            bursts.add(
                row(
                    incident,
                    suspect,
                    all.get(last).at().plus(within),
                    "OVER",
                    all.subList(first, last + 1)));
            first = last + 1;
          }
        });
  }

  private static boolean within(List<Booking> all, int first, int last, Duration within) {
    return Duration.between(all.get(first).at(), all.get(last).at()).compareTo(within) < 0;
  }

  private static String row(
      String incident, String suspect, Instant at, String state, List<Booking> burst) {
    return """
    {"incident":"%s%s",%s,%s,"state":"%s","since":"%s","attempts":%d,"confirmed":%d}"""
        .formatted(
            incident,
            state,
            suspect,
            new Box<>("", at, at.plusMillis(1)).window(),
            state,
            Box.text(burst.get(0).at()),
            burst.size(),
            count(burst, Outcome.CONFIRMED));
  }
}
