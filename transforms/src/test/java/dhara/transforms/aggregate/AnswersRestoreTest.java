package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.Waves;
import dhara.transforms.tally.Best;
import dhara.transforms.tally.Decayed;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.First;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Last;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.tally.TextCounts;
import dhara.transforms.windows.Windows;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Answers in streams that fail, with all kinds of tallies in one record: wherever the stream is
 * restored, the last answers are those that follow from the definitions.
 */
class AnswersRestoreTest {

  private static final int CASES = 1_000;
  private static final Duration HALF_LIFE = Duration.ofMinutes(2);

  /** A visit to a page. */
  record Visit(String id, Instant at, String page, String code, long weight, double price)
      implements Event {}

  /** What an answer is about. */
  record Place(String page) {}

  /** A visit among the dearest. */
  record Dear(double price, String id) implements Comparable<Dear> {
    @Override
    public int compareTo(Dear other) {
      return Comparator.comparingDouble(Dear::price)
          .reversed()
          .thenComparing(Dear::id)
          .compare(this, other);
    }
  }

  /** All kinds of tallies. */
  record Parts(
      long visits,
      Decayed demand,
      TextCounts codes,
      Ids ids,
      ExactSum prices,
      Best<Dear> dearest,
      @Nullable @First Visit first,
      @Nullable @Last Visit last) {

    static Parts of(Visit visit) {
      return new Parts(
          1,
          Decayed.of(visit.weight, visit.at, HALF_LIFE),
          TextCounts.of(visit.code, 2),
          Ids.of(visit.id, 3),
          ExactSum.of(visit.price),
          Best.of(new Dear(visit.price, visit.id), 2),
          visit,
          visit);
    }
  }

  /** What is known of a page in a window. */
  record Known(
      long visits,
      double demand,
      String codes,
      String ids,
      double price,
      String dearest,
      String firstAndLast) {

    static Known of(Parts parts) {
      return new Known(
          parts.visits,
          parts.demand.at(time("12:00:00"), HALF_LIFE),
          new TreeMap<>(parts.codes.byText()) + "+" + parts.codes.others(),
          parts.ids.count() + " " + parts.ids.isExact(),
          parts.prices.sum(),
          parts.dearest.values().toString(),
          parts.first.id + parts.last.id);
    }

    /** From all visits and the definitions. */
    static Known naive(List<Visit> all) {
      List<Visit> visits =
          all.stream().sorted(Comparator.comparing(Visit::at).thenComparing(Visit::id)).toList();
      TreeMap<Long, Long> minutes = new TreeMap<>();
      TreeMap<String, Long> codes = new TreeMap<>();
      BigDecimal price = BigDecimal.ZERO;
      for (Visit visit : visits) {
        long end = Math.floorDiv(visit.at.toEpochMilli(), 60_000) * 60_000 + 60_000;
        double left = visit.weight * left(end - visit.at.toEpochMilli());
        minutes.merge(end, Math.round(left * (1L << 32)), Long::sum);
        codes.merge(visit.code, 1L, Long::sum);
        price = price.add(new BigDecimal(visit.price));
      }
      double demand = 0;
      for (Map.Entry<Long, Long> minute : minutes.entrySet()) {
        demand +=
            minute.getValue()
                / (double) (1L << 32)
                * left(time("12:00:00").toEpochMilli() - minute.getKey());
      }
      long others = 0;
      while (codes.size() > 2) {
        others += codes.pollLastEntry().getValue();
      }
      List<Dear> dearest =
          visits.stream().map(visit -> new Dear(visit.price, visit.id)).sorted().limit(2).toList();
      return new Known(
          visits.size(),
          demand,
          codes + "+" + others,
          Math.min(visits.size(), 3) + " " + (visits.size() <= 3),
          price.doubleValue(),
          dearest.toString(),
          visits.get(0).id + visits.get(visits.size() - 1).id);
    }

    private static double left(long millis) {
      return StrictMath.pow(0.5, (double) millis / HALF_LIFE.toMillis());
    }
  }

  /** The shapes of windows. */
  enum Shape {
    TUMBLING,
    SLIDING,
    SESSIONS;

    Windows windows(Random random, int scale) {
      Duration width = Duration.ofMillis(scale * (20L + random.nextInt(200)));
      return switch (this) {
        case TUMBLING -> Windows.tumbling(width);
        case SLIDING -> Windows.sliding(width.multipliedBy(3), width);
        case SESSIONS -> Windows.sessions(width);
      };
    }

    /** The windows of a page's visits, and the visits in each. */
    Map<About, List<Visit>> naive(String page, List<Visit> visits, Windows windows) {
      Map<About, List<Visit>> all = new LinkedHashMap<>();
      if (this == SESSIONS) {
        long gap = windows.gap().toMillis();
        List<Visit> open = new ArrayList<>();
        for (Visit visit : visits.stream().sorted(Comparator.comparing(Visit::at)).toList()) {
          if (!open.isEmpty() && millis(visit) - millis(open.get(open.size() - 1)) >= gap) {
            all.put(session(page, open, gap), open);
            open = new ArrayList<>();
          }
          open.add(visit);
        }
        if (!open.isEmpty()) {
          all.put(session(page, open, gap), open);
        }
        return all;
      }
      long every = windows.every().toMillis();
      long width = windows.width().toMillis();
      for (Visit visit : visits) {
        long at = millis(visit);
        for (long start = Math.floorDiv(at, every) * every; start > at - width; start -= every) {
          all.computeIfAbsent(about(page, start, start + width), none -> new ArrayList<>())
              .add(visit);
        }
      }
      return all;
    }

    private static About session(String page, List<Visit> visits, long gap) {
      return about(page, millis(visits.get(0)), millis(visits.get(visits.size() - 1)) + gap);
    }

    private static About about(String page, long start, long end) {
      return new About(page, Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
    }

    private static long millis(Visit visit) {
      return visit.at.toEpochMilli();
    }
  }

  /** A key and window. */
  private record About(String page, Instant start, Instant end) {}

  @ParameterizedTest
  @EnumSource
  void lastAnswersAreTheSameWhereverTheyAreRestored(Shape shape) throws Exception {
    int restores = 0;
    int withdrawn = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(1_000);
      int pages = 1 + random.nextInt(3);
      List<Visit> visits = new ArrayList<>();
      for (int i = 1 + random.nextInt(25); i > 0; i--) {
        visits.add(
            new Visit(
                "v%02d".formatted(i),
                time("10:00:00").plusMillis(60L * random.nextInt(span)),
                "page" + random.nextInt(pages),
                "code" + random.nextInt(4),
                random.nextInt(10),
                random.nextInt(1_000) / 7.0 * (random.nextInt(9) == 0 ? 1e12 : 1)));
      }
      int lateness = random.nextInt(3) * random.nextInt(20_000);
      Windows windows = shape.windows(random, 60).withLateness(Duration.ofMillis(lateness));
      if (random.nextBoolean()) {
        windows = windows.withEarlyAnswersEvery(Duration.ofSeconds(1));
      }
      Outcome<Answer<Place, Known>> outcome =
          RestoredStream.of(
                  RecordCoder.of(Visit.class),
                  Waves.<Visit, Answer<Place, Known>>unique(
                      Answers.in(windows)
                          .perKey(
                              Place.class,
                              (Visit visit) -> new Place(visit.page()),
                              TallyFn.of(Parts.class, Parts::of, Known.class, Known::of))
                          .withShards(1 + random.nextInt(3))))
              .play(Waves.of(visits, visit -> lateness, 20_000, random), random);

      Map<About, Known> expected = new LinkedHashMap<>();
      for (int page = 0; page < pages; page++) {
        String of = "page" + page;
        List<Visit> ofPage = visits.stream().filter(visit -> visit.page.equals(of)).toList();
        shape.naive(of, ofPage, windows).forEach((key, in) -> expected.put(key, Known.naive(in)));
      }
      assertThat("case " + seed + ", " + windows, last(outcome.committed()), is(expected));
      restores += outcome.restores();
      withdrawn += (int) outcome.committed().stream().filter(Answer::isWithdrawn).count();
    }
    assertThat(restores, is(greaterThan(CASES)));
    if (shape == Shape.SESSIONS) {
      assertThat(withdrawn, is(greaterThan(CASES / 10)));
    }
  }

  private static Map<About, Known> last(List<Answer<Place, Known>> answers) {
    Map<About, Known> last = new LinkedHashMap<>();
    for (Answer<Place, Known> answer : answers) {
      About about = new About(answer.key().page(), answer.start(), answer.end());
      if (answer.isWithdrawn()) {
        last.remove(about);
      } else {
        last.put(about, answer.value());
      }
    }
    return last;
  }
}
