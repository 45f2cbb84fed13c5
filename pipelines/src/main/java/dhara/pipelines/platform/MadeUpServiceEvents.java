package dhara.pipelines.platform;

import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up events of two services, minute by minute. A calm minute has 22 or 26 events, a mean
 * latency that swings around 120 ms, and an error in every second one, so that nothing about it is
 * unusual. Planted are outages of three minutes, two slow minutes, and surges of a minute; after
 * each, a service is calm until its baseline has forgotten it.
 *
 * <p>What is planted in the first event of a service's minute are the names of the detectors that
 * must find the minute, in alphabetical order and with a space between.
 */
final class MadeUpServiceEvents {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] SERVICES = {"catalogue", "checkout"};
  private static final String[] KINDS = {"GET", "POST"};
  private static final int USERS = 20;
  private static final long MINUTE = 60_000;

  /** Calm minutes before the first anomaly, so that the baseline is known, and between two. */
  private static final int CALM = 35;

  private enum Minute {
    CALM(""),
    OUTAGE("error_rate_above error_rate_z_score"),
    SLOW("latency_above latency_z_score"),
    SURGE("events_z_score");

    private final String detectors;

    Minute(String detectors) {
      this.detectors = detectors;
    }
  }

  /** A service and what its next minutes are. */
  private static final class Making {

    private final int service;
    private final List<Minute> next = new ArrayList<>();
    private int calm;
    private boolean up;

    Making(int service, int calm) {
      this.service = service;
      this.calm = calm;
    }

    Minute next(SplittableRandom random) {
      up = !up;
      if (next.isEmpty()) {
        if (calm-- > 0) {
          return Minute.CALM;
        }
        calm = CALM + random.nextInt(15);
        next.addAll(
            switch (random.nextInt(3)) {
              case 0 -> List.of(Minute.OUTAGE, Minute.OUTAGE, Minute.OUTAGE);
              case 1 -> List.of(Minute.SLOW, Minute.SLOW);
              default -> List.of(Minute.SURGE);
            });
      }
      return next.remove(0);
    }
  }

  private final SplittableRandom random;
  private final List<Making> services = new ArrayList<>();

  private MadeUpServiceEvents(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < SERVICES.length; i++) {
      services.add(new Making(i, CALM + random.nextInt(10)));
    }
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpServiceEvents all = new MadeUpServiceEvents(seed);
    return LongStream.iterate(0, minute -> minute + 1)
        .boxed()
        .flatMap(minute -> all.minute(minute).stream())
        .limit(count);
  }

  private List<Given<?>> minute(long minute) {
    List<Given<?>> events = new ArrayList<>();
    for (Making of : services) {
      Minute is = of.next(random);
      int count = is == Minute.SURGE ? 96 : random.nextBoolean() ? 22 : 26;
      long mean = is == Minute.SLOW ? 2_500 : 120 + (of.up ? 1 : -1) * (1 + random.nextInt(5));
      for (int i = 0; i < count; i += 2) {
        Long apart = random.nextInt(15) == 0 ? null : random.nextLong(40);
        for (int j = 0; j < 2; j++) {
          boolean fails = is == Minute.OUTAGE ? j == 0 : of.up && i + j == 4;
          Given<?> event =
              EventMetrics.EVENTS.given(
                  event(
                      minute * MINUTE + (i + j) * (MINUTE / count) + 7L * of.service,
                      of.service,
                      "E%06d-%d-%02d".formatted(minute, of.service, i + j),
                      fails,
                      apart == null ? null : mean + (j == 0 ? apart : -apart)));
          events.add(i + j == 0 && is != Minute.CALM ? event.planted(is.detectors) : event);
        }
      }
    }
    events.sort(Comparator.comparing(given -> given.event().at()));
    return events;
  }

  private ServiceEvent event(
      long millis, int service, String id, boolean fails, @Nullable Long latencyMillis) {
    int user = random.nextInt(USERS);
    boolean known = random.nextInt(10) > 0;
    return new ServiceEvent(
        id,
        START.plusMillis(millis),
        SERVICES[service],
        KINDS[service],
        known ? "user-%02d".formatted(user) : null,
        known && user % 4 > 0 ? "session-%02d-%d".formatted(user, millis / 600_000) : null,
        fails ? "503" : "200",
        latencyMillis,
        random.nextInt(3) == 0 ? null : random.nextInt(10_000) / 100.0);
  }
}
