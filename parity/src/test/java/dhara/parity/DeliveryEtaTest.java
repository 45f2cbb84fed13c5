package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.RecordFields;
import dhara.geo.Polyline;
import dhara.geo.Polyline.Place;
import dhara.pipelines.Analysis;
import dhara.pipelines.mobility.DeliveryEta.Progress;
import dhara.pipelines.mobility.DeliveryEvent;
import dhara.pipelines.mobility.DeliveryEvent.Kind;
import dhara.pipelines.mobility.DeliveryProgress;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries by hand, against the oracle, and against what was planted. */
class DeliveryEtaTest {

  private static final Instant START = Instant.parse("2026-01-05T12:30:00Z");
  private static final Analysis<?> DELIVERY_ETA = Analysis.all().get("delivery-eta");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Notifies within two minutes, and takes two minutes for silence. */
  private static final DeliveryProgress FOLD =
      new DeliveryProgress(Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofHours(1));

  /** Along the equator, where a hundredth of a degree is 1112 m. */
  private static final String ALONG_EQUATOR =
      Polyline.encode(List.of(new Place(0, 0), new Place(0, 0.02)));

  /** East, and back by the same street. */
  private static final String THERE_AND_BACK =
      Polyline.encode(List.of(new Place(0, 0), new Place(0, 0.01), new Place(0, 0)));

  private static DeliveryEvent dispatched(String id, int second, String route) {
    return new DeliveryEvent(
        id,
        START.plusSeconds(second),
        "d",
        Kind.DISPATCHED,
        "c",
        START.plusSeconds(600),
        route,
        null,
        null);
  }

  private static DeliveryEvent ping(String id, int second, double lat, double lon) {
    return new DeliveryEvent(
        id, START.plusSeconds(second), "d", Kind.PING, null, null, null, lat, lon);
  }

  private static DeliveryEvent delivered(String id, int second) {
    return new DeliveryEvent(
        id, START.plusSeconds(second), "d", Kind.DELIVERED, null, null, null, null, null);
  }

  /** Status, metres left, metres an hour, seconds left, seconds late, and whether it notifies. */
  private static List<String> updates(DeliveryEvent... events) {
    return FOLD.over(List.of(events)).stream()
        .map(
            update -> {
              Progress p = update.progress();
              return "%s %s %d %d %d %d%s"
                  .formatted(
                      update.event(),
                      p.status(),
                      p.leftMetres(),
                      p.metresPerHour(),
                      p.secondsLeft(),
                      p.lateSeconds(),
                      p.arriving() ? " !" : "");
            })
        .toList();
  }

  @Test
  void distanceSpeedAndTimeLeftFollowTheCourierUntilTheEnd() {
    assertThat(
        updates(
            dispatched("a", 0, ALONG_EQUATOR),
            ping("b", 10, 0, 0),
            ping("c", 110, 0, 0.005), // 556 m in 100 s
            ping("d", 210, 0, 0.01),
            ping("e", 310, 0, 0.02),
            delivered("f", 400)),
        contains(
            "a DISPATCHED 2224 null null null",
            "b ON_THE_WAY 2224 null null null",
            "c ON_THE_WAY 1668 20015 300 -190",
            "d ON_THE_WAY 1112 20015 200 -190",
            "e ON_THE_WAY 0 20015 0 -290 !",
            "f DELIVERED 0 null 0 -200"));
  }

  @Test
  void theCustomerIsNotifiedOnce() {
    assertThat(
        updates(
            dispatched("a", 0, ALONG_EQUATOR),
            ping("b", 10, 0, 0.01),
            ping("c", 60, 0, 0.015), // 556 m in 50 s
            ping("d", 110, 0, 0.016),
            ping("e", 111, 0, 0.017)),
        contains(
            "a DISPATCHED 2224 null null null",
            "b ON_THE_WAY 1112 null null null",
            "c ON_THE_WAY 556 40030 50 -490 !",
            "d ON_THE_WAY 445 24018 67 -423",
            "e ON_THE_WAY 334 40030 30 -459",
            "e SILENT 334 null null null"));
  }

  @Test
  void theSpeedIsTheMedianOfTheLastFive() {
    List<String> updates =
        updates(
            dispatched("a", 0, ALONG_EQUATOR),
            ping("b", 10, 0, 0),
            ping("c", 20, 0, 0.001), // 40 km/h
            ping("d", 30, 0, 0.001),
            ping("e", 40, 0, 0.001),
            ping("f", 50, 0, 0.0015), // 20 km/h
            ping("g", 60, 0, 0.0017), // 8 km/h
            ping("h", 70, 0, 0.0017));

    assertThat(updates.get(6), is("g ON_THE_WAY 2035 8006 915 375")); // of 0, 0, 8, 20, 40
    // Of 0, 0, 0, 8, 20: whoever stands has no time of arrival.
    assertThat(updates.get(7), is("h ON_THE_WAY 2035 0 null null"));
  }

  @Test
  void theDistanceToTheRouteCountsToo() {
    List<String> updates =
        updates(dispatched("a", 0, ALONG_EQUATOR), ping("b", 10, 0.001, 0.01)); // 111 m beside

    assertThat(updates.get(1), is("b ON_THE_WAY 1223 null null null"));
  }

  @Test
  void aCourierWhoGoesBackIsWhereTheyWere() {
    List<String> updates =
        updates(dispatched("a", 0, ALONG_EQUATOR), ping("b", 10, 0, 0.01), ping("c", 20, 0, 0.009));

    assertThat(updates.get(2), is("c ON_THE_WAY 1223 40030 110 -470 !")); // 111 m off
  }

  @Test
  void onAWayThatComesByTwiceTheFirstTimeCounts() {
    List<String> updates =
        updates(
            dispatched("a", 0, THERE_AND_BACK),
            ping("b", 10, 0, 0.005),
            ping("c", 110, 0, 0.0099),
            ping("d", 210, 0, 0.005));

    assertThat(updates.get(1), is("b ON_THE_WAY 1668 null null null"));
    assertThat(updates.get(2), containsString("c ON_THE_WAY 1123 "));
    assertThat(updates.get(3), containsString("d ON_THE_WAY 556 "));
  }

  @Test
  void ofADestinationWithoutARouteTheDistanceIsThatOfTheCrow() {
    List<String> updates =
        updates(
            dispatched("a", 0, Polyline.encode(List.of(new Place(0, 0.02)))), ping("b", 10, 0, 0));

    assertThat(updates.get(0), is("a DISPATCHED 0 null null null"));
    assertThat(updates.get(1), is("b ON_THE_WAY 2224 null null null"));
  }

  @Test
  void silenceIsAnsweredOnceUntilThereIsAPing() {
    assertThat(
        updates(dispatched("a", 0, ALONG_EQUATOR), ping("b", 120, 0, 0), ping("c", 241, 0, 0.01)),
        contains(
            "a DISPATCHED 2224 null null null",
            "a SILENT 2224 null null null",
            "b ON_THE_WAY 2224 null null null",
            "b SILENT 2224 null null null",
            "c ON_THE_WAY 1112 33083 121 -238",
            "c SILENT 1112 null null null"));
  }

  @Test
  void pingsBeforeTheDispatchAndAfterTheEndArePassedOver() {
    assertThat(
        updates(
            ping("a", 0, 0, 0.01),
            delivered("b", 5),
            dispatched("c", 10, ALONG_EQUATOR),
            delivered("d", 20),
            ping("e", 30, 0, 0.01)),
        contains("c DISPATCHED 2224 null null null", "d DELIVERED 0 null 0 -580"));
  }

  @Test
  void aDeliveryThatWasForgottenIsNotUnderWay() {
    assertThat(
        updates(dispatched("a", 0, ALONG_EQUATOR), ping("b", 3_601, 0, 0)),
        contains("a DISPATCHED 2224 null null null", "a SILENT 2224 null null null"));
  }

  @ParameterizedTest
  @CsvSource({
    "DISPATCHED, , ?????, 1, 1, DISPATCHED needs courier",
    "DISPATCHED, c, , 1, 1, DISPATCHED needs route",
    "DISPATCHED, c, '', 1, 1, route has no place",
    "DISPATCHED, c, '_p~iF', 1, 1, a polyline ends within a coordinate",
    "PING, , , , 1, PING needs lat",
    "PING, , , 1, , PING needs lon",
    "PING, , , 91, 1, lat is not within",
  })
  void eventsThatCannotBeAreRefused(
      Kind kind,
      @Nullable String courier,
      @Nullable String route,
      @Nullable Double lat,
      @Nullable Double lon,
      String said) {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> new DeliveryEvent("i", START, "d", kind, courier, START, route, lat, lon))
            .getMessage(),
        containsString(said));
  }

  @Test
  void randomEventsInAnyOrderGiveTheUpdatesOfTheOracle() throws JsonProcessingException {
    DeliveryProgress fold =
        new DeliveryProgress(Duration.ofMinutes(2), Duration.ofSeconds(40), Duration.ofMinutes(3));
    List<String> options =
        List.of("--arrivingWithin=PT2M", "--silentAfter=PT40S", "--forgetAfter=PT3M");
    int arriving = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      List<DeliveryEvent> events = random(random);

      Map<String, List<String>> expected =
          Oracle.settled(DELIVERY_ETA, Inputs.of(DELIVERY_ETA.inputs().get(0), events), options);

      Collections.shuffle(events, random);
      assertThat("case " + seed, rows(fold, events), is(expected.get("etas")));
      arriving += expected.get("arriving").size();
    }
    assertThat(arriving, is(greaterThan(100)));
  }

  /** Events of one delivery, in disorder, at equal times, with pauses, on routes with loops. */
  private static List<DeliveryEvent> random(Random random) {
    List<DeliveryEvent> events = new ArrayList<>();
    List<Place> route = route(random);
    int second = 0;
    for (int i = random.nextInt(40); i >= 0; i--) {
      second += random.nextInt(15) == 0 ? random.nextInt(300) : random.nextInt(12);
      String id = "e" + random.nextInt(1_000_000);
      int kind = events.isEmpty() ? random.nextInt(2) : random.nextInt(25);
      if (kind == 0) {
        route = random.nextInt(3) == 0 ? route(random) : route;
        events.add(dispatched(id, second, Polyline.encode(route)));
      } else if (kind == 2) {
        events.add(delivered(id, second));
      } else {
        int corner = Math.min(route.size() - 1, random.nextInt(3) + events.size() / 6);
        Place near = route.get(corner);
        events.add(
            ping(
                id,
                second,
                near.lat() + (random.nextDouble() - 0.5) / 200,
                near.lon() + (random.nextDouble() - 0.5) / 200));
      }
    }
    return events;
  }

  private static List<Place> route(Random random) {
    List<Place> route = new ArrayList<>();
    double lat = 12.97;
    double lon = 77.59;
    for (int i = random.nextInt(8); i >= 0; i--) {
      route.add(new Place(lat, lon));
      if (random.nextInt(10) != 0) { // otherwise the same corner twice
        lat += (random.nextDouble() - 0.4) / 200;
        lon += (random.nextDouble() - 0.4) / 200;
      }
    }
    if (random.nextInt(4) == 0) {
      List<Place> back = new ArrayList<>(route);
      Collections.reverse(back);
      route.addAll(back);
    }
    return Polyline.decode(Polyline.encode(route));
  }

  /** The settled answers, as the oracle writes them. */
  private static List<String> rows(DeliveryProgress fold, List<DeliveryEvent> events)
      throws JsonProcessingException {
    RecordFields<Progress> fields = RecordFields.of(Progress.class);
    List<String> rows = new ArrayList<>();
    for (DeliveryProgress.Update update : fold.over(events)) {
      Instant at = Instant.ofEpochMilli(update.at().toEpochMilli());
      String json = new String(fields.json(update.progress()), StandardCharsets.UTF_8);
      rows.add(
          "{\"delivery\":\"d\",\"event\":\"%s\",%s,%s"
              .formatted(
                  update.event(),
                  new Box<>("d", at, at.plusMillis(1)).window(),
                  json.substring(1)));
    }
    return SettledAnswers.of(rows);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void plantedSilencesAndLateDeliveriesAreFoundAndNoOthers(long seed)
      throws JsonProcessingException {
    int count = 6_000;
    Map<String, Set<String>> planted =
        DELIVERY_ETA
            .scenario()
            .events(seed, count)
            .filter(given -> !given.planted().isEmpty())
            .collect(
                Collectors.groupingBy(
                    given -> given.planted(),
                    Collectors.mapping(
                        given ->
                            given.planted().equals("late")
                                ? ((DeliveryEvent) given.event()).delivery()
                                : given.event().id(),
                        Collectors.toCollection(TreeSet::new))));
    Inputs inputs = Inputs.of(DELIVERY_ETA, seed, count);
    Instant newest = inputs.all().map(event -> event.at()).max(Instant::compareTo).orElseThrow();

    Set<String> silent = new TreeSet<>();
    Set<String> late = new TreeSet<>();
    Set<String> delivered = new TreeSet<>();
    Map<String, Long> notified = new TreeMap<>();
    Map<String, List<String>> settled = Oracle.settled(DELIVERY_ETA, inputs, List.of());
    for (String eta : settled.get("etas")) {
      JsonNode row = JSON.readTree(eta);
      String delivery = row.get("delivery").asText();
      switch (row.get("status").asText()) {
        case "SILENT" -> {
          if (!Instant.parse(row.get("window_start").asText()).isAfter(newest)) {
            silent.add(row.get("event").asText());
          }
        }
        case "DELIVERED" -> {
          delivered.add(delivery);
          if (row.get("late_seconds").asLong() > 0) {
            late.add(delivery);
          }
        }
        default -> {}
      }
    }
    for (String arriving : settled.get("arriving")) {
      JsonNode row = JSON.readTree(arriving);
      notified.merge(row.get("delivery").asText(), 1L, Long::sum);
      assertThat(row.get("seconds_left").asLong(), is(lessThanOrEqualTo(600L)));
    }

    // A silence is too young to tell if the events end within five minutes after it.
    Set<String> old =
        inputs
            .all()
            .filter(event -> !event.at().plus(Duration.ofMinutes(5)).isAfter(newest))
            .map(event -> event.id())
            .collect(Collectors.toSet());
    planted.get("silent").retainAll(old);
    assertThat(silent, is(not(empty())));
    assertThat(silent, is(planted.get("silent")));
    planted.get("late").retainAll(delivered);
    assertThat(late, is(not(empty())));
    assertThat(late, is(planted.get("late")));
    assertThat(notified.keySet().containsAll(delivered), is(true));
    notified.values().removeIf(times -> times == 1);
    assertThat(notified, is(aMapWithSize(0)));
  }
}
