package dhara.pipelines.commerce.engagement;

import dhara.pipelines.Scenario.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Made-up days of a community: users look at items and sometimes like, share or comment on one that
 * they have looked at. On every third day a weight changes; a comment is always worth most.
 *
 * <p>Planted is {@code fan} in the first interaction of a user who, on one day, comments only.
 */
final class MadeUpInteractions {

  private static final Instant FIRST_MORNING = Instant.parse("2026-01-24T08:00:00Z");
  private static final long OPEN_MILLIS = Duration.ofHours(12).toMillis();
  private static final String[] KINDS = {"LIKE", "LIKE", "SHARE", "COMMENT"};
  private static final String[] WEIGHED = {"SHARE", "COMMENT", "VIEW", "SHARE", "COMMENT", "VIEW"};
  private static final double[] WEIGHTS = {2.5, 5, 0.1, 2, 3, 0.3};
  private static final int ITEMS = 30;

  /** A greater count makes busier days, so that years do not become centuries. */
  private static final int LEAST_VISITS = 50;

  private final SplittableRandom random;
  private final int visits;
  private long made;

  private MadeUpInteractions(long seed, long count) {
    random = new SplittableRandom(seed);
    visits = (int) Math.min(1_000_000, Math.max(LEAST_VISITS, count / 100));
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return new MadeUpInteractions(seed, count).days().limit(count);
  }

  /** Endless events of a seed, in the order of their time, of quiet days. */
  static Stream<Given<?>> endless(long seed) {
    return new MadeUpInteractions(seed, 0).days();
  }

  private Stream<Given<?>> days() {
    return IntStream.iterate(0, day -> day + 1).boxed().flatMap(day -> day(day).stream());
  }

  private List<Given<?>> day(int day) {
    List<Given<?>> events = new ArrayList<>();
    Instant morning = FIRST_MORNING.plus(Duration.ofDays(day));
    for (int visit = 0; visit < visits; visit++) {
      Instant at = morning.plusMillis(random.nextLong(OPEN_MILLIS));
      String user = "user-" + random.nextInt(visits / 2);
      String item = item();
      events.add(given(at, user, "VIEW", item));
      if (random.nextInt(3) > 0) {
        String kind = KINDS[random.nextInt(KINDS.length)];
        events.add(given(at.plusMillis(random.nextInt(60_000)), user, kind, item));
      }
    }
    for (int comment = 0; comment < 5; comment++) {
      Instant at = morning.plusSeconds(3_600L * comment + random.nextInt(3_600));
      Given<Interaction> given = given(at, "fan-" + day, "COMMENT", item());
      events.add(comment == 0 ? given.planted("fan") : given);
    }
    if (day % 3 == 2) {
      int weight = day / 3 % WEIGHTS.length;
      events.add(
          Engagement.WEIGHTS.given(
              new KindWeight(
                  "W%05d".formatted(day),
                  morning.plusMillis(random.nextLong(OPEN_MILLIS)),
                  WEIGHED[weight],
                  WEIGHTS[weight])));
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private Given<Interaction> given(Instant at, String user, String kind, String item) {
    return Engagement.INTERACTIONS.given(
        new Interaction("I%08d".formatted(++made), at, user, kind, item));
  }

  private String item() {
    return "item-" + random.nextInt(ITEMS);
  }
}
