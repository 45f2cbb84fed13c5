package dhara.parity.travel;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.travel.Booking;
import dhara.pipelines.travel.Booking.Outcome;
import dhara.pipelines.travel.Booking.Quota;
import dhara.pipelines.travel.BookingRush;
import dhara.testkit.Built;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bots are caught and nobody else; openings and bursts count what they should. */
class BookingRushTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> BOOKING_RUSH = Analysis.all().get("booking-rush");

  /** 10:00 in India. */
  private static final Instant OPENING = Instant.parse("2026-01-05T04:30:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void botsAreCaughtAndNobodyElse(long seed) throws JsonProcessingException {
    int count = 6_000;
    Set<String> planted = new TreeSet<>();
    BOOKING_RUSH
        .scenario()
        .events(seed, count)
        .filter(given -> !given.planted().isEmpty())
        .forEach(
            given -> {
              Booking bot = (Booking) given.event();
              if (given.planted().contains("USER")) {
                planted.add("USER " + bot.user());
              }
              if (given.planted().contains("ADDRESS")) {
                planted.add("ADDRESS " + bot.address());
              }
            });

    Set<String> begun = new TreeSet<>();
    Set<String> over = new TreeSet<>();
    Map<String, List<String>> settled =
        Oracle.settled(BOOKING_RUSH, Inputs.of(BOOKING_RUSH, seed, count), List.of());
    for (String burst : settled.get("bursts")) {
      JsonNode row = JSON.readTree(burst);
      (row.get("state").asText().equals("BEGUN") ? begun : over)
          .add(row.get("of").asText() + " " + row.get("name").asText());
    }
    assertThat(planted.size(), is(greaterThan(20)));
    assertThat(begun, is(planted));
    assertThat(over, is(planted));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mostComeAtOnceAndSeatsRunOut(long seed) throws JsonProcessingException {
    List<JsonNode> points = new ArrayList<>();
    for (String point :
        Oracle.settled(BOOKING_RUSH, Inputs.of(BOOKING_RUSH, seed, 1_500), List.of())
            .get("openings")) {
      JsonNode row = JSON.readTree(point);
      if (row.get("opened_at").asText().equals("2026-01-05T04:30:00.000Z")) {
        points.add(row);
      }
    }

    long first = sum(points, row -> row.get("seconds_after").asDouble() == 10);
    long sixth = sum(points, row -> row.get("seconds_after").asDouble() == 60);
    assertThat(first, is(greaterThan(4 * sixth)));
    long confirmed = points.stream().mapToLong(row -> row.get("confirmed").asLong()).sum();
    assertThat("20 seats of 2 classes of 3 trains", confirmed, is(120L));
    JsonNode last = points.get(points.size() - 1);
    assertThat(last.get("success_rate_so_far").asDouble(), is(lessThan(0.5)));
  }

  private static long sum(List<JsonNode> points, java.util.function.Predicate<JsonNode> which) {
    return points.stream().filter(which).mapToLong(row -> row.get("attempts").asLong()).sum();
  }

  private static Booking booking(
      String id, double second, @Nullable String user, Outcome outcome, @Nullable Long millis) {
    return new Booking(
        id,
        OPENING.plusMillis((long) (second * 1_000)),
        user,
        null,
        "12301",
        "3A",
        Quota.TATKAL,
        outcome,
        millis);
  }

  private static Map<String, List<String>> settled(List<Booking> bookings, String... options) {
    return Oracle.settled(
        BOOKING_RUSH, Inputs.of(BOOKING_RUSH.inputs().get(0), bookings), List.of(options));
  }

  @Test
  void aPointHasItsStepAndAllSinceTheOpening() {
    Map<String, List<String>> settled =
        settled(
            List.of(
                booking("early", -0.001, "a", Outcome.FAILED, 100L),
                booking("b", 0, "b", Outcome.CONFIRMED, 100L),
                booking("c", 9.999, "c", Outcome.FAILED, null),
                booking("d", 10, "d", Outcome.WAITLISTED, 300L),
                booking("late", 900, "e", Outcome.WAITLISTED, 300L)));

    assertThat(
        settled.get("openings"),
        containsInAnyOrder(
            containsString(
                "\"seconds_after\":10.0,\"attempts\":2,\"confirmed\":1,\"attempts_so_far\":2,"
                    + "\"confirmed_so_far\":1,\"waitlisted_so_far\":0,\"success_rate_so_far\":0.5"),
            containsString(
                "\"seconds_after\":20.0,\"attempts\":1,\"confirmed\":0,\"attempts_so_far\":3,"
                    + "\"confirmed_so_far\":1,\"waitlisted_so_far\":1,\"success_rate_so_far\":0.333")));
    assertThat(settled.get("rush").size(), is(4));
  }

  /** Six within ten seconds are a burst, six in exactly ten are none. */
  @Test
  void aBurstIsMoreThanFiveWithinTenSecondsUntilAPauseOfTen() throws JsonProcessingException {
    List<Booking> bookings = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      bookings.add(booking("slow" + i, 2.0 * i, "slow", Outcome.FAILED, null));
      bookings.add(booking("fast" + i, 1.9 * i, "fast", Outcome.CONFIRMED, null));
    }
    bookings.add(booking("fast6", 19.4, "fast", Outcome.FAILED, null));
    bookings.add(booking("fast7", 29.4, "fast", Outcome.FAILED, null));

    List<String> bursts = new ArrayList<>();
    for (String burst : settled(bookings).get("bursts")) {
      JsonNode row = JSON.readTree(burst);
      bursts.add(
          "%s %s %s attempts %s %s confirmed %s"
              .formatted(
                  row.get("name").asText(),
                  row.get("window_start").asText().substring(17, 23),
                  row.get("state").asText(),
                  row.get("attempts"),
                  row.get("since").asText().substring(17, 23),
                  row.get("confirmed")));
    }
    assertThat(
        bursts,
        containsInAnyOrder(
            "fast 09.500 BEGUN attempts 6 00.000 confirmed 6",
            "fast 29.400 OVER attempts 7 00.000 confirmed 6"));
  }

  @Test
  void bookingsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> booking("a", 0, "u", Outcome.FAILED, -1L))
            .getMessage(),
        containsString("responseMillis is not within 0 and an hour"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new Booking("a", OPENING, "u", null, "12301", "4A", null, Outcome.FAILED, null))
            .getMessage(),
        containsString("travelClass 4A is none of"));
  }

  private static String refused(Path folder, Consumer<BookingRush.Options> bad) {
    return assertThrows(
            BadOption.class,
            () ->
                Built.overFiles(
                    BOOKING_RUSH, folder, given -> bad.accept(given.as(BookingRush.Options.class))))
        .getMessage();
  }

  @Test
  void badOptionsNameTheFix(@TempDir Path folder) {
    assertThat(
        List.of(
            refused(folder, options -> options.setAcOpensAt("ten")),
            refused(folder, options -> options.setNonAcOpensAt("25:00")),
            refused(folder, options -> options.setOpeningZone("Asia/Atlantis")),
            refused(folder, options -> options.setOpeningFor(Duration.ofDays(1))),
            refused(folder, options -> options.setOpeningStep(Duration.ZERO)),
            refused(folder, options -> options.setBurstWithin(Duration.ZERO))),
        contains(
            containsString("e.g. --acOpensAt=10:00"),
            containsString("e.g. --nonAcOpensAt=11:00"),
            containsString("e.g. --openingZone=Asia/Kolkata"),
            containsString("e.g. --openingFor=PT15M"),
            containsString("--openingStep=PT0S: a window must be longer than zero"),
            containsString("e.g. --burstWithin=PT10S")));
  }
}
