package dhara.transforms.alert;

import static dhara.transforms.aggregate.Arrivals.time;
import static dhara.transforms.alert.Routed.child;
import static dhara.transforms.alert.Routed.counts;
import static dhara.transforms.alert.Routed.decisions;
import static dhara.transforms.alert.Routed.ends;
import static dhara.transforms.alert.Routed.event;
import static dhara.transforms.alert.Routed.fires;
import static dhara.transforms.alert.Routed.matchers;
import static dhara.transforms.alert.Routed.route;
import static dhara.transforms.alert.Routed.routes;
import static dhara.transforms.alert.Routed.sent;
import static dhara.transforms.alert.Routed.timed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.alert.AlertEvent.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each rule alone, as a table of events and what is sent; then all of them on one day. */
class AlertRoutingTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private static final Routes BY_TYPE = routes(route("{}", "team", List.of("type")));

  @Test
  void alertsOfAGroupWaitForEachOtherAndAreToldTogether() {
    assertThat(
        sent(
            BY_TYPE,
            fires("10:00:00", "latency", "s=a"),
            fires("10:00:20", "latency", "s=b"),
            fires("10:00:25", "errors", "s=a"),
            fires("10:00:31", "latency", "s=c"),
            ends("10:06:00", "latency", "s=a"),
            ends("10:06:00", "latency", "s=b"),
            ends("10:06:00", "latency", "s=c"),
            ends("10:02:00", "errors", "s=a")),
        contains(
            "10:00:30 team FIRING latency.a, latency.b",
            "10:00:55 team FIRING errors.a",
            "10:05:30 team FIRING latency.a, latency.b, latency.c",
            "10:05:55 team RESOLVED -errors.a",
            "10:10:30 team RESOLVED -latency.a, -latency.b, -latency.c"));
  }

  @Test
  void anEventAtTheMomentOfAFlushIsInIt() {
    assertThat(
        sent(
            routes(timed(Duration.ZERO, MINUTE, HOUR, null)),
            fires("10:00:00", "latency", "s=a"),
            fires("10:00:00", "latency", "s=b"),
            ends("10:01:00", "latency", "s=a"),
            ends("10:01:00.000001", "latency", "s=b")),
        contains(
            "10:00:00 team FIRING latency.a, latency.b",
            "10:01:00 team FIRING latency.b, -latency.a",
            "10:02:00 team RESOLVED -latency.b"));
  }

  @Test
  void whatHasEndedBeforeAnybodyWasToldIsNotTold() {
    List<RouteDecision> decisions =
        decisions(
            BY_TYPE,
            List.of(fires("10:00:00", "latency", "s=a"), ends("10:00:10", "latency", "s=a")));

    assertThat(sent(decisions), is(empty()));
    assertThat(counts(decisions), is(new RouteCounts(2, 0, 0, 2, 0, 0, 0, 0, 0)));
  }

  @Test
  void anAlertThatFlapsBetweenTwoFlushesIsToldOnce() {
    List<RouteDecision> decisions =
        decisions(
            BY_TYPE,
            List.of(
                fires("10:00:00", "latency", "s=a"),
                ends("10:01:00", "latency", "s=a"),
                fires("10:02:00", "latency", "s=a"),
                ends("10:03:00", "latency", "s=a"),
                fires("10:04:00", "latency", "s=a"),
                ends("10:07:00", "latency", "s=a")));

    assertThat(
        sent(decisions),
        contains("10:00:30 team FIRING latency.a", "10:10:30 team RESOLVED -latency.a"));
    assertThat(counts(decisions), is(new RouteCounts(6, 2, 0, 4, 0, 0, 0, 2, 0)));
  }

  @Test
  void anAlertThatIsToldAgainAndAgainIsOneIncident() {
    List<RouteDecision> decisions =
        decisions(
            BY_TYPE,
            List.of(
                fires("10:00:00", "latency", "s=a"),
                fires("10:03:00", "latency", "s=a"),
                event("10:06:00", "latency", "critical", "s=a", State.RAISED),
                event("10:06:30", "latency", "critical", "s=a", State.CLEARED)));

    assertThat(
        sent(decisions),
        contains("10:00:30 team FIRING latency.a", "10:10:30 team RESOLVED -latency.a"));
    assertThat(
        decisions.get(decisions.size() - 1).notification().alerts().get(0).since(),
        is(time("10:00:00")));
  }

  @Test
  void anEndWithoutABeginningMakesNoGroup() {
    List<RouteDecision> decisions =
        decisions(
            BY_TYPE,
            List.of(ends("10:00:00", "latency", "s=a"), fires("10:00:20", "latency", "s=a")));

    assertThat(sent(decisions).get(0), is("10:00:50 team FIRING latency.a"));
    assertThat(counts(decisions.subList(0, 1)), is(RouteCounts.oneUnchanged()));
  }

  @Test
  void whatGoesOnIsRepeatedUntilItTimesOut() {
    assertThat(
        sent(BY_TYPE, fires("10:00:00", "latency", "s=a")),
        contains(
            "10:00:30 team FIRING latency.a",
            "14:00:30 team FIRING again latency.a",
            "18:00:30 team FIRING again latency.a",
            "22:00:30 team RESOLVED -latency.a"));
  }

  @Test
  void aRepeatWaitsForAFlushAndForTheWholeTimeSinceTheLastNotification() {
    assertThat(
        sent(
            routes(timed(SECOND, MINUTE, Duration.ofSeconds(150), null)),
            fires("10:00:00", "latency", "s=a"),
            fires("10:03:30", "latency", "s=b"),
            ends("10:07:30", "latency", "s=a"),
            ends("10:07:30", "latency", "s=b")),
        contains(
            "10:00:01 team FIRING latency.a",
            "10:03:01 team FIRING again latency.a",
            "10:04:01 team FIRING latency.a, latency.b",
            "10:07:01 team FIRING again latency.a, latency.b",
            "10:08:01 team RESOLVED -latency.a, -latency.b"));
  }

  @Test
  void theFirstChildThatTakesAnAlertKeepsItUnlessItContinues() {
    Routes tree =
        routes(
            route(
                "{}",
                "team",
                List.of("type"),
                child("log", true, "type=~\"lat.*\""),
                child("pager", false, "s=a", "type!=errors"),
                child("log", false, "s=\"a\"")));

    assertThat(
        sent(
                tree,
                fires("10:00:00", "latency", "s=a"),
                fires("11:00:00", "latency", "s=b"),
                fires("12:00:00", "errors", "s=a"),
                fires("13:00:00", "errors", "s=b"))
            .stream()
            .filter(text -> !text.contains("again") && !text.contains("RESOLVED"))
            .toList(),
        contains(
            "10:00:30 pager FIRING latency.a",
            "10:00:30 log FIRING latency.a",
            "11:00:30 log FIRING latency.a, latency.b",
            "12:00:30 log FIRING errors.a",
            "13:00:30 team FIRING errors.b"));
  }

  @Test
  void allLabelsMakeEachAlertAGroup() {
    assertThat(
        sent(
            routes(route("{}", "team", List.of("..."))),
            fires("10:00:00", "latency", "s=a"),
            fires("10:00:00", "latency", "s=b"),
            ends("10:00:40", "latency", "s=a"),
            ends("10:00:40", "latency", "s=b")),
        contains(
            "10:00:30 team FIRING latency.a",
            "10:00:30 team FIRING latency.b",
            "10:05:30 team RESOLVED -latency.a",
            "10:05:30 team RESOLVED -latency.b"));
  }

  @Test
  void aReceiverThatIsNotToldOfEndsHearsOfThemNeitherAloneNorWithOthers() {
    Routes routes = routes(route("{}", "log", List.of("type")));
    List<RouteDecision> decisions =
        decisions(
            routes,
            List.of(
                fires("10:00:00", "latency", "s=a"),
                fires("10:00:00", "latency", "s=b"),
                ends("10:01:00", "latency", "s=a"),
                fires("10:06:00", "latency", "s=c"),
                ends("10:06:00", "latency", "s=b"),
                ends("10:11:00", "latency", "s=c")));

    assertThat(
        sent(decisions),
        contains("10:00:30 log FIRING latency.a, latency.b", "10:10:30 log FIRING latency.c"));
    assertThat(counts(decisions), is(new RouteCounts(6, 2, 1, 3, 0, 0, 0, 2, 0)));
  }

  private static final Inhibition ZONE =
      new Inhibition(matchers("type=zone_down"), matchers("type!=none"), List.of("zone"));

  @Test
  void anAlertKeepsOthersQuietWithTheSameLabelWhileItFires() {
    List<RouteDecision> decisions =
        decisions(
            routes(route("{}", "team", List.of("type")), List.of(ZONE), List.of()),
            List.of(
                fires("10:00:00", "zone_down", "zone=n"),
                fires("10:00:05", "errors", "zone=n"),
                fires("10:00:05", "latency", "zone=m"),
                ends("10:02:00", "latency", "zone=m"),
                ends("10:03:00", "zone_down", "zone=n"),
                ends("10:06:00", "errors", "zone=n")));

    assertThat(
        "it meets both sides of the rule itself, and is told",
        sent(decisions),
        contains(
            "10:00:30 team FIRING zone_down.n",
            "10:00:35 team FIRING latency.m",
            "10:05:30 team RESOLVED -zone_down.n",
            "10:05:35 team FIRING errors.n",
            "10:05:35 team RESOLVED -latency.m",
            "10:10:35 team RESOLVED -errors.n"));
    assertThat(counts(decisions), is(new RouteCounts(6, 5, 0, 0, 1, 0, 0, 6, 0)));
  }

  @Test
  void alertsWithoutTheLabelAreEqualInIt() {
    assertThat(
        sent(
            routes(route("{}", "team", List.of("type")), List.of(ZONE), List.of()),
            fires("10:00:00", "zone_down", "s=a"),
            fires("10:00:00", "errors", "s=b"),
            ends("10:00:40", "errors", "s=b"),
            ends("10:00:40", "zone_down", "s=a")),
        contains("10:00:30 team FIRING zone_down.a", "10:05:30 team RESOLVED -zone_down.a"));
  }

  @Test
  void aSilenceHoldsFromItsStartUntilItsEndAndIsOverAtTheNextFlush() {
    Silence silence = new Silence(matchers("s=a"), time("10:00:30"), time("10:10:30"));
    List<RouteDecision> decisions =
        decisions(
            routes(route("{}", "team", List.of("type")), List.of(), List.of(silence)),
            List.of(
                fires("10:00:00", "latency", "s=a"),
                fires("10:02:00", "latency", "s=b"),
                ends("10:11:00", "latency", "s=a"),
                ends("10:11:00", "latency", "s=b")));

    assertThat(
        sent(decisions),
        contains(
            "10:05:30 team FIRING latency.b",
            "10:10:30 team FIRING latency.a, latency.b",
            "10:15:30 team RESOLVED -latency.a, -latency.b"));
    assertThat(counts(decisions), is(new RouteCounts(4, 2, 1, 0, 0, 1, 0, 3, 0)));
  }

  @Test
  void whatEndsWhileItIsSilencedIsForgottenAndToldWhenItBeginsAgain() {
    Silence silence = new Silence(matchers("s=a"), time("10:05:00"), time("10:15:00"));
    assertThat(
        sent(
            routes(route("{}", "team", List.of("type")), List.of(), List.of(silence)),
            fires("10:00:00", "latency", "s=a"),
            ends("10:06:00", "latency", "s=a"),
            fires("10:20:00", "latency", "s=a"),
            ends("10:20:40", "latency", "s=a")),
        contains(
            "10:00:30 team FIRING latency.a",
            "10:20:30 team FIRING latency.a",
            "10:25:30 team RESOLVED -latency.a"));
  }

  @Test
  void whatBeganAndEndedBetweenTwoFlushesIsNotToldWhileASilencedAlertKeepsTheGroup() {
    Silence silence = new Silence(matchers("s=b"), time("10:00:00"), time("12:00:00"));
    List<RouteDecision> decisions =
        decisions(
            routes(route("{}", "team", List.of("type")), List.of(), List.of(silence)),
            List.of(
                fires("10:00:00", "latency", "s=a"),
                fires("10:00:00", "latency", "s=b"),
                ends("10:02:00", "latency", "s=a"),
                fires("10:06:00", "latency", "s=c"),
                ends("10:07:00", "latency", "s=c"),
                ends("10:20:00", "latency", "s=b")));

    assertThat(
        sent(decisions),
        contains("10:00:30 team FIRING latency.a", "10:05:30 team RESOLVED -latency.a"));
    assertThat(counts(decisions), is(new RouteCounts(6, 2, 0, 2, 0, 2, 0, 2, 0)));
  }

  @Test
  void aSummaryLeavesOutWhatIsSilenced() {
    AlertRoute route = timed(SECOND, MINUTE, HOUR, new AlertRoute.Limit(1, Duration.ofMinutes(10)));
    Silence silence = new Silence(matchers("s=b"), time("10:00:00"), time("12:00:00"));
    List<RouteDecision> decisions =
        decisions(
            routes(route, List.of(), List.of(silence)),
            List.of(
                fires("10:03:00", "first", "s=a"),
                fires("10:04:00", "held", "s=a"),
                fires("10:04:00", "held", "s=b"),
                ends("10:30:00", "held", "s=b")));

    assertThat(
        sent(decisions).subList(0, 2),
        contains("10:03:01 team FIRING first.a", "10:10:00 team SUMMARY of 1 held.a"));
  }

  @Test
  void aStormIsANumberOfNotificationsAndASummary() {
    Routes limited =
        routes(timed(SECOND, MINUTE, HOUR, new AlertRoute.Limit(2, Duration.ofMinutes(10))));
    List<AlertEvent> storm = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      storm.add(fires("10:03:%02d".formatted(i), "t%02d".formatted(i), "s=a"));
      storm.add(ends("10:%02d:30".formatted(i < 3 ? 4 : 12), "t%02d".formatted(i), "s=a"));
    }

    List<RouteDecision> decisions = decisions(limited, storm);

    assertThat(
        "of those held back, the third has ended; after the summary there are two more",
        sent(decisions),
        contains(
            "10:03:01 team FIRING t00.a",
            "10:03:02 team FIRING t01.a",
            "10:10:00 team SUMMARY of 15 t03.a, t04.a, t05.a, t06.a, t07.a, t08.a, t09.a, t10.a,"
                + " t11.a, t12.a and 1",
            "10:13:04 team RESOLVED -t03.a",
            "10:13:05 team RESOLVED -t04.a",
            "10:20:00 team SUMMARY of 9 "));
    assertThat(counts(decisions), is(new RouteCounts(28, 4, 0, 0, 0, 0, 24, 6, 0)));
  }

  @Test
  void anAlertThatGetsWorseEndsInTheOldGroupAndBeginsInTheNewOne() {
    Routes tree =
        routes(route("{}", "team", List.of("type"), child("pager", false, "severity=critical")));

    assertThat(
        sent(
            tree,
            fires("10:00:00", "disk", "s=a"),
            event("10:01:00", "disk", "critical", "s=a", State.FIRING),
            event("10:02:00", "disk", "critical", "s=a", State.RESOLVED)),
        contains(
            "10:00:30 team FIRING disk.a",
            "10:01:30 pager FIRING disk.a",
            "10:05:30 team RESOLVED -disk.a",
            "10:06:30 pager RESOLVED -disk.a"));
  }

  @Test
  void anEventPutsOffTheTimeout() {
    List<String> sent =
        sent(
            BY_TYPE,
            fires("10:00:00", "latency", "s=a"),
            fires("21:59:00", "latency", "s=a"),
            fires("2026-03-02T09:59:00Z", "latency", "s=a"));

    assertThat(sent.get(sent.size() - 1), is("22:00:30 team RESOLVED -latency.a"));
    assertThat(sent.size(), is(10));
  }

  @Test
  void moreAlertsThanAllowedAreAnError() {
    List<AlertEvent> many =
        IntStream.rangeClosed(0, 1_000)
            .mapToObj(i -> fires("10:00:00", "latency", "s=a" + i))
            .toList();

    assertThat(sent(BY_TYPE, many.subList(1, 1_001).toArray(AlertEvent[]::new)).size(), is(4));
    assertThat(
        assertThrows(IllegalStateException.class, () -> decisions(BY_TYPE, many)).getMessage(),
        containsString("more than 1,000 alerts are in groups at once at 2026-03-01T10:00:00Z"));
  }

  @Test
  void anIdSaysWhoIsToldOfWhatAndWhen() {
    List<RouteDecision> decisions =
        decisions(BY_TYPE, List.of(fires("10:00:00", "latency", "s=a")));

    assertThat(decisions.get(0).id(), is("team/{}:{type=latency}/2026-03-01T10:00:30Z"));
  }

  /**
   * What Alertmanager's documentation says of its parameters, on one day: a first notification
   * after {@code group_wait}, news after {@code group_interval}, repeats after {@code
   * repeat_interval}, children before their parent, an inhibition by a critical alert, a silence.
   */
  @Test
  void aDayInAlertmanagersTerms() {
    AlertRoute critical =
        new AlertRoute(
            "critical",
            "pager",
            matchers("severity=critical"),
            List.of("type", "s"),
            Duration.ZERO,
            MINUTE,
            HOUR,
            false,
            null,
            List.of());
    Routes day =
        routes(
            route("{}", "team", List.of("type"), critical),
            List.of(
                new Inhibition(
                    matchers("severity=critical"),
                    matchers("severity=~\"warning|info\""),
                    List.of("s"))),
            List.of(new Silence(matchers("s=lab"), time("08:00:00"), time("12:00:00"))));
    List<RouteDecision> decisions =
        decisions(
            day,
            List.of(
                fires("09:00:00", "latency", "s=a"),
                fires("09:00:10", "latency", "s=lab"),
                event("09:00:20", "down", "critical", "s=b", State.FIRING),
                fires("09:00:25", "latency", "s=b"),
                ends("09:03:00", "latency", "s=a"),
                event("10:30:00", "down", "critical", "s=b", State.RESOLVED),
                ends("11:00:00", "latency", "s=b"),
                ends("12:30:00", "latency", "s=lab")));

    assertThat(
        sent(decisions),
        contains(
            "09:00:20 pager FIRING down.b",
            "09:00:30 team FIRING latency.a",
            "09:05:30 team RESOLVED -latency.a",
            "10:00:20 pager FIRING again down.b",
            "10:30:20 pager RESOLVED -down.b",
            "10:30:30 team FIRING latency.b",
            "11:00:30 team RESOLVED -latency.b",
            "12:00:30 team FIRING latency.lab",
            "12:30:30 team RESOLVED -latency.lab"));
    assertThat(counts(decisions), is(new RouteCounts(8, 6, 0, 0, 1, 1, 0, 9, 1)));
  }
}
