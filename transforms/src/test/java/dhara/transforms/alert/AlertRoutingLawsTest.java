package dhara.transforms.alert;

import static dhara.transforms.aggregate.Arrivals.time;
import static dhara.transforms.alert.Routed.counts;
import static dhara.transforms.alert.Routed.matchers;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import dhara.transforms.alert.AlertEvent.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/** What holds for any alerts and any routes, over 1,500 made-up cases. */
class AlertRoutingLawsTest {

  private static final int CASES = 1_500;
  private static final Instant START = time("10:00:00");
  private static final String[] SEVERITIES = {"info", "warning", "critical", ""};

  /** Routes and events of a seed: close together, so that every rule is used. */
  private record Case(Routes routes, List<AlertEvent> events) {

    static Case of(long seed) {
      Random random = new Random(seed);
      return new Case(routes(random), events(random));
    }

    private static AlertRoute route(
        Random random, String key, String receiver, boolean root, List<AlertRoute> children) {
      String[][] by = {{}, {"type"}, {"s"}, {"type", "severity"}, {"..."}};
      String[][] takes = {
        {"severity=critical"}, {"type=~\"t[01]\""}, {"s!=s0"}, {"type=t0", "s=s1"}
      };
      return new AlertRoute(
          key,
          receiver,
          root ? List.of() : matchers(takes[random.nextInt(takes.length)]),
          List.of(by[random.nextInt(by.length)]),
          Duration.ofSeconds(random.nextInt(3) * 20L),
          Duration.ofSeconds(30 + random.nextInt(3) * 30L),
          Duration.ofSeconds(120 + random.nextInt(3) * 60L),
          random.nextBoolean(),
          random.nextBoolean()
              ? null
              : new AlertRoute.Limit(1 + random.nextInt(3), Duration.ofMinutes(2)),
          children);
    }

    private static Routes routes(Random random) {
      String[] receivers = {"team", "pager", "log"};
      List<AlertRoute> children = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        children.add(route(random, "{}/" + i, receivers[random.nextInt(3)], false, List.of()));
      }
      List<Inhibition> inhibitions = new ArrayList<>();
      if (random.nextBoolean()) {
        inhibitions.add(
            new Inhibition(
                matchers("severity=critical"), matchers("severity!=info"), List.of("s")));
      }
      List<Silence> silences = new ArrayList<>();
      if (random.nextBoolean()) {
        Instant from = START.plusSeconds(random.nextInt(400));
        silences.add(
            new Silence(matchers("s=s1"), from, from.plusSeconds(1 + random.nextInt(300))));
      }
      return new Routes(
          route(random, "{}", "team", true, children),
          Map.of("team", true, "pager", true, "log", false),
          inhibitions,
          silences,
          Duration.ofSeconds(60 + random.nextInt(600)));
    }

    private static List<AlertEvent> events(Random random) {
      List<AlertEvent> events = new ArrayList<>();
      int count = 1 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        events.add(
            new AlertEvent(
                "e" + i,
                START.plusSeconds(random.nextInt(60) * 10L),
                "test",
                "t" + random.nextInt(3),
                SEVERITIES[random.nextInt(SEVERITIES.length)],
                "s=s" + random.nextInt(3),
                random.nextInt(5) < 3 ? State.FIRING : State.RESOLVED,
                (double) i,
                null));
      }
      return events;
    }

    List<RouteDecision> decisions() {
      return Routed.decisions(routes, events);
    }

    Case with(List<AlertEvent> others) {
      return new Case(routes, others);
    }
  }

  private static List<RouteDecision> notifications(List<RouteDecision> decisions) {
    return decisions.stream().filter(decision -> decision.notification() != null).toList();
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    long sent = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      List<RouteDecision> decisions = of.decisions();
      List<AlertEvent> shuffled = new ArrayList<>(of.events);
      Collections.shuffle(shuffled, new Random(-seed));
      assertThat("seed " + seed, of.with(shuffled).decisions(), is(decisions));
      sent += notifications(decisions).size();
    }
    assertThat(sent, is(greaterThan(5L * CASES)));
  }

  @Test
  void copiesOfEventsChangeNoNotification() {
    for (long seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      Random random = new Random(-seed);
      List<AlertEvent> copied = new ArrayList<>(of.events);
      of.events.stream().filter(event -> random.nextBoolean()).forEach(copied::add);
      assertThat(
          "seed " + seed,
          notifications(of.with(copied).decisions()).stream()
              .map(RouteDecision::notification)
              .toList(),
          is(notifications(of.decisions()).stream().map(RouteDecision::notification).toList()));
    }
  }

  @Test
  void everyEventIsCountedAsOneThingOnEachRouteThatTakesIt() {
    for (long seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      RouteCounts counts = counts(of.decisions());
      String name = "seed " + seed;
      assertThat(
          name,
          counts.notified()
              + counts.grouped()
              + counts.unchanged()
              + counts.inhibited()
              + counts.silenced()
              + counts.capped(),
          is(counts.alerts()));
      long taken = of.events.stream().mapToLong(e -> of.routes.of(e.all()).size()).sum();
      // An end with another severity is counted where the alert was, and on the routes that it
      // takes.
      assertThat(name, counts.alerts(), is(greaterThanOrEqualTo(taken)));
      assertThat(name, counts.notifications(), is((long) notifications(of.decisions()).size()));
    }
  }

  @Test
  void idsAreUniqueAndTimesRise() {
    for (long seed = 0; seed < CASES; seed++) {
      Set<String> ids = new HashSet<>();
      Instant before = Instant.MIN;
      for (RouteDecision decision : notifications(Case.of(seed).decisions())) {
        assertThat("seed " + seed, ids.add(decision.id()), is(true));
        assertThat("seed " + seed, decision.at().isBefore(before), is(false));
        before = decision.at();
      }
    }
  }

  @Test
  void noRouteSendsMoreThanItsLimitAndASummary() {
    for (long seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      for (AlertRoute route : of.routes.all()) {
        if (route.limit() == null) {
          continue;
        }
        long per = route.limit().per().toMillis();
        Map<Long, Long> sent = new TreeMap<>();
        for (RouteDecision decision : notifications(of.decisions())) {
          if (decision.route().equals(route.key())
              && decision.notification().status() != Notification.Status.SUMMARY) {
            sent.merge(decision.at().toEpochMilli() / per, 1L, Long::sum);
          }
        }
        assertThat(
            "seed " + seed,
            sent.values().stream().allMatch(n -> n <= route.limit().notifications()),
            is(true));
      }
    }
  }

  @Test
  void aRunThatIsStoredAndReadAfterEachEventDecidesTheSame() throws CoderException {
    for (long seed = 0; seed < CASES / 5; seed++) {
      Case of = Case.of(seed);
      assertThat("seed " + seed, storing(of), is(of.decisions()));
    }
  }

  private static List<RouteDecision> storing(Case of) throws CoderException {
    AlertRouting routing = new AlertRouting(of.routes, 1_000);
    List<RouteDecision> decisions = new ArrayList<>();
    Consumer<RouteDecision> out = decisions::add;
    AlertBook.Form form = new AlertBook.Form();
    AlertBook book = routing.initial();
    List<AlertEvent> inOrder = new ArrayList<>(of.events);
    inOrder.sort(AlertRouting.ORDER);
    for (AlertEvent event : inOrder) {
      for (Instant wake = routing.wakeAt(book);
          wake != null && !wake.isAfter(event.at());
          wake = routing.wakeAt(book)) {
        book = read(form, routing.wake(book, wake, out));
      }
      book = read(form, routing.apply(book, event, out));
    }
    for (Instant wake = routing.wakeAt(book); wake != null; wake = routing.wakeAt(book)) {
      book = read(form, routing.wake(book, wake, out));
    }
    assertThat("it has ended", book.members(), is(0L));
    assertThat(book.firing().size(), is(0));
    return decisions;
  }

  private static AlertBook read(AlertBook.Form form, AlertBook book) throws CoderException {
    return Objects.requireNonNull(
        CoderUtils.decodeFromByteArray(form, CoderUtils.encodeToByteArray(form, book)));
  }
}
