package dhara.pipelines.commerce.retention;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Made-up months of a shop that wins as many users each month; of each cohort fewer come back the
 * longer it is known, and after a year nobody does.
 *
 * <p>Planted is {@code lost} in the first activity of the users of every fourth month: none of them
 * comes back.
 */
final class MadeUpMembers {

  private static final YearMonth FIRST = YearMonth.of(2025, 1);
  private static final Kind[] KINDS = {
    Kind.PAGE_VIEW, Kind.PAGE_VIEW, Kind.PRODUCT_VIEW, Kind.PURCHASE
  };
  private static final int YEAR = 12;

  private final SplittableRandom random;
  private final int newcomers;
  private long made;

  private MadeUpMembers(long seed, long count) {
    random = new SplittableRandom(seed);
    // A greater count makes larger cohorts, so that years do not become centuries.
    newcomers = (int) Math.min(1_000_000, Math.max(15, count / 100));
  }

  /** The first activities of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return new MadeUpMembers(seed, count).months().limit(count);
  }

  /** Endless activities of a seed, in the order of their time, of small cohorts. */
  static Stream<Given<?>> endless(long seed) {
    return new MadeUpMembers(seed, 0).months();
  }

  private Stream<Given<?>> months() {
    return IntStream.iterate(0, month -> month + 1).boxed().flatMap(month -> month(month).stream());
  }

  private List<Given<?>> month(int month) {
    List<Given<?>> events = new ArrayList<>();
    for (int cohort = Math.max(0, month - YEAR); cohort <= month; cohort++) {
      boolean lost = cohort % 4 == 2;
      int percent = cohort == month ? 100 : lost ? 0 : Math.max(0, 65 - 5 * (month - cohort));
      for (int user = 0; user < newcomers; user++) {
        if (random.nextInt(100) < percent) {
          visits(month, cohort, "user-" + cohort + "-" + user, lost, events);
        }
      }
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private void visits(int month, int cohort, String user, boolean lost, List<Given<?>> events) {
    long from = millis(month);
    long until = millis(month + 1);
    long[] times = random.longs(1 + random.nextInt(3), from, until).sorted().toArray();
    for (int visit = 0; visit < times.length; visit++) {
      Given<Activity> given =
          Retention.ACTIVITIES.given(
              activity(Instant.ofEpochMilli(times[visit]), user, KINDS[random.nextInt(4)]));
      events.add(lost && visit == 0 && month == cohort ? given.planted("lost") : given);
    }
  }

  private static long millis(int month) {
    return FIRST.plusMonths(month).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  private Activity activity(Instant at, String user, Kind kind) {
    return new Activity(
        "A%08d".formatted(++made),
        at,
        user,
        null,
        kind,
        kind == Kind.PAGE_VIEW ? null : "P%02d".formatted(random.nextInt(40)),
        null,
        null,
        kind == Kind.PURCHASE ? (Long) (100L * (1 + random.nextInt(5_000))) : null,
        null,
        null,
        null,
        null,
        null);
  }
}
