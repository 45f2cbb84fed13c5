package dhara.pipelines.platform.alerts;

import dhara.pipelines.Scenario;
import dhara.pipelines.Scenario.Given;
import dhara.transforms.alert.AlertEvent;
import dhara.transforms.alert.AlertEvent.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up alerts of a platform. Every hour has an episode, one kind after the other:
 *
 * <ul>
 *   <li>{@code storm}: 24 services are slow within twenty seconds, and recover within ten minutes;
 *   <li>{@code flapping}: a service fails and recovers four times in five minutes;
 *   <li>{@code outage}: a zone fails, which is critical, and with it six services in it;
 *   <li>{@code brief}: a service fails for ten seconds;
 *   <li>{@code lasting}: a service fails for nine hours, and gets worse after five;
 *   <li>{@code maintenance}: three services of the zone {@code lab} fail for half an hour;
 *   <li>{@code flood}: 15 types of alerts begin within a minute, and end half an hour later;
 *   <li>{@code forgotten}: an alert begins, is told once more a minute later, and never ends.
 * </ul>
 *
 * <p>The first event of an episode has its name as what is planted.
 */
final class MadeUpAlerts {

  private static final String[] KINDS = {
    "storm", "flapping", "outage", "brief", "lasting", "maintenance", "flood", "forgotten"
  };
  private static final String[] ZONES = {"north", "south", "east"};
  private static final Duration EPISODE = Duration.ofHours(1);

  /** An event before it has its id. */
  private record Making(long order, AlertEvent event, String planted) {}

  private final SplittableRandom random;
  private final PriorityQueue<Making> coming =
      new PriorityQueue<>(
          Comparator.comparing((Making making) -> making.event.at()).thenComparing(Making::order));
  private long episodes;
  private long made;
  private long ids;
  private String planted = "";

  private MadeUpAlerts(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpAlerts all = new MadeUpAlerts(seed);
    return Stream.<Given<?>>generate(all::next).limit(count);
  }

  private Given<?> next() {
    while (coming.isEmpty() || !coming.peek().event.at().isBefore(start(episodes))) {
      episode();
    }
    Making making = coming.remove();
    AlertEvent of = making.event;
    ids++;
    return Alerts.ALERTS
        .given(
            new AlertEvent(
                "A%08d".formatted(ids),
                of.at(),
                of.source(),
                of.type(),
                of.severity(),
                of.labels(),
                of.state(),
                of.value(),
                of.text()))
        .planted(making.planted);
  }

  private static Instant start(long episode) {
    return Scenario.START.plus(EPISODE.multipliedBy(episode));
  }

  private void episode() {
    Instant at = start(episodes).plusMillis(random.nextInt(1_200_000));
    planted = KINDS[(int) (episodes % KINDS.length)];
    episodes++;
    switch (planted) {
      case "storm" -> storm(at);
      case "flapping" -> flapping(at);
      case "outage" -> outage(at);
      case "brief" -> {
        String service = service();
        alert(at, "error_rate", "warning", service, State.RAISED);
        alert(at.plusSeconds(10), "error_rate", "warning", service, State.CLEARED);
      }
      case "lasting" -> lasting(at);
      case "maintenance" -> maintenance(at);
      case "flood" -> flood(at);
      default -> {
        String service = service();
        alert(at, "queue_length", "info", service, State.FIRING);
        alert(at.plusSeconds(60), "queue_length", "info", service, State.FIRING);
      }
    }
  }

  private void storm(Instant at) {
    for (int i = 0; i < 24; i++) {
      String labels = labels("s%02d".formatted(i), ZONES[i % ZONES.length]);
      Instant begins = at.plusMillis(random.nextInt(20_000));
      alert(begins, "latency", "warning", labels, State.RAISED);
      alert(
          begins.plusMillis(60_000 + random.nextInt(540_000)),
          "latency",
          "warning",
          labels,
          State.CLEARED);
    }
  }

  private void flapping(Instant at) {
    String service = service();
    for (int i = 0; i < 8; i++) {
      alert(
          at.plusSeconds(40L * i),
          "error_rate",
          "warning",
          service,
          i % 2 == 0 ? State.RAISED : State.CLEARED);
    }
  }

  private void outage(Instant at) {
    String zone = ZONES[random.nextInt(ZONES.length)];
    alert(at, "zone_down", "critical", "zone=" + zone, State.FIRING);
    for (int i = 0; i < 6; i++) {
      String labels = labels("s%02d".formatted(i), zone);
      Instant begins = at.plusMillis(1_000 + random.nextInt(60_000));
      alert(begins, "error_rate", "warning", labels, State.RAISED);
      alert(
          begins.plusMillis(600_000 + random.nextInt(900_000)),
          "error_rate",
          "warning",
          labels,
          State.CLEARED);
    }
    alert(at.plusSeconds(1_200), "zone_down", "critical", "zone=" + zone, State.RESOLVED);
  }

  private void lasting(Instant at) {
    String service = service();
    alert(at, "disk_full", "warning", service, State.FIRING);
    alert(at.plusSeconds(5 * 3_600), "disk_full", "critical", service, State.FIRING);
    alert(at.plusSeconds(9 * 3_600), "disk_full", "critical", service, State.RESOLVED);
  }

  private void maintenance(Instant at) {
    for (int i = 0; i < 3; i++) {
      String labels = labels("lab%d".formatted(i), "lab");
      Instant begins = at.plusMillis(random.nextInt(30_000));
      alert(begins, "error_rate", "warning", labels, State.RAISED);
      alert(begins.plusSeconds(1_800), "error_rate", "warning", labels, State.CLEARED);
    }
  }

  private void flood(Instant at) {
    for (int i = 0; i < 15; i++) {
      Instant begins = at.plusMillis(random.nextInt(60_000));
      String type = "check_%02d".formatted(i);
      alert(begins, type, null, labels("s%02d".formatted(i), "north"), State.FIRING);
      alert(
          begins.plusSeconds(1_800),
          type,
          null,
          labels("s%02d".formatted(i), "north"),
          State.RESOLVED);
    }
  }

  private static String labels(String service, String zone) {
    return "service=%s,zone=%s".formatted(service, zone);
  }

  private String service() {
    return labels("s%02d".formatted(random.nextInt(24)), ZONES[random.nextInt(ZONES.length)]);
  }

  private void alert(
      Instant at, String type, @Nullable String severity, String labels, State state) {
    double value = random.nextInt(10_000) / 100.0;
    AlertEvent event =
        new AlertEvent(
            "", at, "made-up", type, severity, labels, state, state.firing() ? value : null, null);
    coming.add(new Making(made++, event, planted));
    planted = "";
  }
}
