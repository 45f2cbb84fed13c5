package dhara.pipelines.platform;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.platform.EventMetrics.ServiceKind;
import dhara.transforms.anomaly.Hysteresis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class ServiceAlertsTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  private static final ServiceAlerts ALERTS =
      new ServiceAlerts(
          Hysteresis.above(0.05, 0.2), Hysteresis.above(1_000, 0.2), 10, Duration.ofHours(1));

  private static ServiceWindow window(
      int minute, long events, double errorRate, @Nullable Double millis) {
    return new ServiceWindow(
        "",
        START.plusSeconds(60L * minute),
        new ServiceKind("s", "k"),
        new EventStats(events, 0, errorRate, millis, null, null, null, null, null, 0, null));
  }

  private static List<String> changes(List<ServiceWindow> windows) {
    return ALERTS.over(windows).stream()
        .map(
            changed ->
                "%d %s %s since %d"
                    .formatted(
                        Duration.between(START, changed.at()).toMinutes(),
                        changed.measured(),
                        changed.change().state(),
                        Duration.between(START, changed.change().since()).toMinutes()))
        .toList();
  }

  @Test
  void anAlertBeginsAboveTheLimitAndEndsOnlyBelowItsBand() {
    assertThat(
        changes(
            List.of(
                window(0, 10, 0.05, 1_000.0),
                window(1, 10, 0.051, 1_001.0),
                window(2, 10, 0.045, 900.0),
                window(3, 10, 0.06, 800.0),
                window(4, 10, 0.039, 799.0),
                window(5, 10, 0.049, 900.0))),
        contains(
            "1 ERROR_RATE RAISED since 1",
            "1 LATENCY RAISED since 1",
            "4 ERROR_RATE CLEARED since 1",
            "4 LATENCY CLEARED since 1"));
  }

  @Test
  void aWindowWithFewEventsOrWithoutLatencyChangesNothing() {
    assertThat(changes(List.of(window(0, 9, 1, 5_000.0))), is(empty()));
    assertThat(
        changes(List.of(window(0, 10, 0, 5_000.0), window(1, 10, 0, null), window(2, 9, 0, 1.0))),
        contains("0 LATENCY RAISED since 0"));
  }

  @Test
  void aServiceThatWasSilentForLongStartsWithoutAlerts() {
    assertThat(
        changes(List.of(window(0, 10, 1, null), window(61, 10, 1, null))),
        contains("0 ERROR_RATE RAISED since 0", "61 ERROR_RATE RAISED since 61"));
  }

  @Test
  void alertsOfRandomWindowsInAnyOrderBeginAndEndInTurns() {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      List<ServiceWindow> windows = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      int since = -1;
      for (int minute = 0; minute < 40; minute++) {
        double rate = random.nextInt(12) / 100.0;
        long events = 8L + random.nextInt(6);
        windows.add(window(minute, events, rate, null));
        if (events >= 10 && since < 0 && rate > 0.05) {
          since = minute;
          expected.add("%d ERROR_RATE RAISED since %d".formatted(minute, since));
        } else if (events >= 10 && since >= 0 && rate < 0.05 * (1 - 0.2)) {
          expected.add("%d ERROR_RATE CLEARED since %d".formatted(minute, since));
          since = -1;
        }
      }
      Collections.shuffle(windows, random);
      assertThat("case " + seed, changes(windows), is(expected));
    }
  }
}
