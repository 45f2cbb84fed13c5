package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.records.RecordCoder;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams and backfills settle on the sessions that a naive sweep finds among all events that are
 * not late. Each user has a random history, out of order, with late events, duplicates and pauses;
 * a table has a hundred users.
 */
class SessionizeTest {

  record User(int number) {}

  record Total(long events, long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(events + other.events, sum + other.sum);
    }
  }

  /** A session, by its user and window. */
  private record Key(User user, Instant start, Instant end) {}

  private static final int USERS = 100;
  private static final int EVENTS = 1_000;
  private static final Duration GAP = Duration.ofSeconds(40);

  /** A way to compute the answers, and its histories. */
  private record Way(
      String name,
      Windows windows,
      PTransform<PCollection<KV<User, Long>>, PCollection<Answer<User, Total>>> answers,
      long seed) {
    @Override
    public String toString() {
      return name + ", " + windows;
    }
  }

  private static Way way(String name, Windows windows, long seed, int shards, int compactBytes) {
    Answers<KV<User, Long>, User, Long, Total, Total> answers =
        Answers.in(windows)
            .<User, Long, Total, Total>perKey(total())
            .withShards(shards)
            .compactingAt(compactBytes);
    return new Way(name, windows, answers, seed);
  }

  static Stream<Way> ways() {
    Windows sessions = Windows.sessions(GAP);
    Windows late = sessions.withLateness(Duration.ofSeconds(70));
    Windows early = late.withEarlyAnswersEvery(Duration.ofSeconds(1));
    return Stream.of(
        way("no lateness", sessions, 1, 256, 1 << 20),
        way("one shard", late, 2, 1, 1 << 20),
        way("compacting", late, 3, 3, 40),
        way("early", early, 4, 3, 1 << 20),
        way("early, compacting", early, 5, 3, 40),
        way(
            "gap of a millisecond, long lateness",
            Windows.sessions(Duration.ofMillis(1)).withLateness(Duration.ofHours(1)),
            6,
            2,
            1 << 20));
  }

  private static TallyFn<Long, Total, Total> total() {
    return TallyFn.of(new Total(0, 0), v -> new Total(1, v), Total.class, t -> t);
  }

  /** A random table, and the sessions of its events. */
  private record Table(Arrivals<KV<User, Long>> arrivals, Map<Key, Total> naive) {

    static Table of(long seed, Windows windows) {
      SplittableRandom random = new SplittableRandom(seed);
      Arrivals<KV<User, Long>> arrivals =
          Arrivals.of(KvCoder.of(RecordCoder.of(User.class), VarLongCoder.of()));
      Lateness lateness = Lateness.of(windows);
      Map<User, TreeMap<Long, Total>> events = new HashMap<>();
      int watermark = 0;
      for (int i = 0; i < EVENTS; i++) {
        // From time to time a pause in which all sessions end and answers can be dropped.
        watermark +=
            random.nextInt(12) == 0 ? random.nextInt(random.nextInt(20) == 0 ? 400 : 9) : 0;
        if (random.nextInt(40) == 0) {
          arrivals.pause(Duration.ofMillis(700));
        }
        int seconds = Math.max(0, watermark + 30 - random.nextInt(160));
        User user = new User(random.nextInt(USERS));
        long value = random.nextLong(1000);
        long at = time(clock(seconds)).toEpochMilli();
        if (lateness.late(at, time(clock(watermark)).toEpochMilli())) {
          continue;
        }
        for (int copies = random.nextInt(20) == 0 ? 2 : 1; copies > 0; copies--) {
          arrivals.row(clock(watermark), clock(seconds), KV.of(user, value));
          events
              .computeIfAbsent(user, u -> new TreeMap<>())
              .merge(at, new Total(1, value), Total::plus);
        }
      }
      Map<Key, Total> naive = new HashMap<>();
      long gap = windows.gap().toMillis();
      events.forEach((user, byTime) -> sweep(user, byTime, gap, naive));
      return new Table(arrivals, naive);
    }

    private static void sweep(
        User user, TreeMap<Long, Total> byTime, long gap, Map<Key, Total> into) {
      long start = byTime.firstKey();
      long last = start;
      Total sum = new Total(0, 0);
      for (Map.Entry<Long, Total> event : byTime.entrySet()) {
        if (event.getKey() - last >= gap) {
          into.put(key(user, start, last + gap), sum);
          start = event.getKey();
          sum = new Total(0, 0);
        }
        last = event.getKey();
        sum = sum.plus(event.getValue());
      }
      into.put(key(user, start, last + gap), sum);
    }

    private static Key key(User user, long start, long end) {
      return new Key(user, Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
    }

    private static String clock(int seconds) {
      return "%02d:%02d:%02d".formatted(10 + seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aStreamSettlesOnTheSessionsOfAllEventsThatAreNotLate(Way way) {
    Table table = Table.of(way.seed, way.windows);
    List<Answer<User, Total>> streamed = table.arrivals.streamed(way.answers);

    Map<Key, List<Answer<User, Total>>> words = new HashMap<>();
    for (Answer<User, Total> a : streamed) {
      words.computeIfAbsent(new Key(a.key(), a.start(), a.end()), k -> new ArrayList<>()).add(a);
    }
    Map<Key, Total> settled = new HashMap<>();
    int withdrawn = 0;
    for (Map.Entry<Key, List<Answer<User, Total>>> of : words.entrySet()) {
      List<Answer<User, Total>> inTurn = of.getValue();
      for (int revision = 0; revision < inTurn.size(); revision++) {
        assertThat(inTurn.toString(), inTurn.get(revision).revision(), is((long) revision));
        boolean last = revision == inTurn.size() - 1;
        assertThat(inTurn.toString(), inTurn.get(revision).isWithdrawn() && !last, is(false));
      }
      Answer<User, Total> last = inTurn.get(inTurn.size() - 1);
      if (last.isWithdrawn()) {
        assertThat("was answered: " + inTurn, inTurn.size(), greaterThan(1));
        withdrawn++;
      } else {
        settled.put(of.getKey(), last.value());
      }
    }
    assertThat(settled, is(table.naive));
    if (way.windows.gap().equals(GAP)) {
      assertThat("answers are withdrawn", withdrawn, greaterThan(20));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void aBackfillAnswersEachSessionOnce(Way way) {
    Table table = Table.of(way.seed, way.windows);

    Map<Key, Total> answered = new HashMap<>();
    for (Answer<User, Total> a : table.arrivals.backfilled(way.answers)) {
      assertThat(a.revision(), is(0L));
      assertThat(answered.put(new Key(a.key(), a.start(), a.end()), a.value()), is(nullValue()));
    }
    assertThat(answered, is(table.naive));
  }
}
