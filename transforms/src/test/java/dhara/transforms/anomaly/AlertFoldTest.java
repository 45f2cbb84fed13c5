package dhara.transforms.anomaly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlertFoldTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /** A minute of a service: NaN for what it does not know. */
  record Minute(String id, Instant at, double errors, double uptime) implements Event {}

  record Service(String name) {}

  private static final AlertFold<Minute> ALERTS =
      new AlertFold<>(
          List.of(
              new AlertFold.Watched<>("errors", Minute::errors, Hysteresis.above(0.05, 0.2)),
              new AlertFold.Watched<>("uptime", Minute::uptime, Hysteresis.below(0.9, 0.95))),
          Duration.ofHours(1));

  private static Minute minute(int minute, double errors, double uptime) {
    return new Minute("m" + minute, START.plusSeconds(60L * minute), errors, uptime);
  }

  private static List<String> changes(List<Minute> minutes) {
    return ALERTS.over(minutes).stream()
        .map(
            changed ->
                "%d %s %s since %d: %s beyond %s"
                    .formatted(
                        Duration.between(START, changed.at()).toMinutes(),
                        changed.name(),
                        changed.alert().state(),
                        Duration.between(START, changed.alert().since()).toMinutes(),
                        changed.alert().value(),
                        changed.alert().limit()))
        .toList();
  }

  @Test
  void anAlertBeginsBeyondTheLimitAndEndsOnlyBeyondTheOtherOne() {
    assertThat(
        changes(
            List.of(
                minute(0, 0.05, 0.9),
                minute(1, 0.06, 0.89),
                minute(2, 0.045, 0.95),
                minute(3, 0.06, 0.9),
                minute(4, 0.039, 0.951),
                minute(5, 0.049, 0.91))),
        contains(
            "1 errors RAISED since 1: 0.06 beyond 0.05",
            "1 uptime RAISED since 1: 0.89 beyond 0.9",
            "4 errors CLEARED since 1: 0.039 beyond 0.04",
            "4 uptime CLEARED since 1: 0.951 beyond 0.95"));
  }

  @Test
  void aNumberThatIsNotKnownChangesNothing() {
    assertThat(changes(List.of(minute(0, Double.NaN, Double.NaN))), is(empty()));
    assertThat(
        changes(List.of(minute(0, 1, Double.NaN), minute(1, Double.NaN, 1), minute(2, 1, 1))),
        contains("0 errors RAISED since 0: 1.0 beyond 0.05"));
  }

  @Test
  void aKeyThatWasSilentForLongStartsWithoutAlerts() {
    assertThat(
        changes(List.of(minute(0, 1, 1), minute(61, 1, 1))),
        contains(
            "0 errors RAISED since 0: 1.0 beyond 0.05",
            "61 errors RAISED since 61: 1.0 beyond 0.05"));
  }

  @Test
  void alertsOfRandomMinutesInAnyOrderBeginAndEndInTurns() {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      List<Minute> minutes = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      int since = -1;
      for (int at = 0; at < 40; at++) {
        double errors = random.nextInt(8) == 0 ? Double.NaN : random.nextInt(12) / 100.0;
        minutes.add(minute(at, errors, 1));
        if (since < 0 && errors > 0.05) {
          since = at;
          expected.add("%d errors RAISED since %d: %s beyond 0.05".formatted(at, since, errors));
        } else if (since >= 0 && errors < 0.04) {
          expected.add(
              "%d errors CLEARED since %d: %s beyond %s".formatted(at, since, errors, 0.04));
          since = -1;
        }
      }
      Collections.shuffle(minutes, random);
      assertThat("case " + seed, changes(minutes), is(expected));
    }
  }

  @Test
  void theIncidentsOfAnAlertAreItsBeginningAndItsEnd() {
    Alert raised = new Alert(Alert.State.RAISED, START, 0.06, 0.05);
    Alert cleared = new Alert(Alert.State.CLEARED, START, 0.03, 0.04);

    assertThat(raised.incident("shop", "errors"), is("shop/errors/2026-01-05T09:00:00Z/RAISED"));
    assertThat(cleared.incident("shop", "errors"), is("shop/errors/2026-01-05T09:00:00Z/CLEARED"));
  }

  @Test
  void twoAlertsOfOneNameAndNoneAtAllAreRefused() {
    RaiseAlerts<Minute, Service> none =
        RaiseAlerts.perKey(Service.class, minute -> new Service("shop"));
    RaiseAlerts<Minute, Service> errors =
        none.of("errors", Minute::errors, Hysteresis.above(0.05, 0.2));

    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> errors.of("errors", Minute::uptime, Hysteresis.above(0.05, 0.2)))
            .getMessage(),
        containsString("two alerts are called \"errors\""));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> none.answers(Service.class, (service, name) -> service))
            .getMessage(),
        containsString("there is nothing to alert of"));
  }
}
