package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.records.RecordCoder;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers per key equal those of {@code Combine.perKey}, over random tables. */
class AnswersAsCombinedTest {

  record User(String name) {}

  record Total(long events, long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(events + other.events, sum + other.sum);
    }
  }

  private static final List<Long> SEEDS = List.of(1L, 2L);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Windows TUMBLING = Windows.tumbling(MINUTE);
  private static final Windows LATE = TUMBLING.withLateness(MINUTE);
  private static final Windows SLIDING = Windows.sliding(MINUTE.multipliedBy(3), MINUTE);

  /** Neither the width nor the lateness is a multiple of the distance. */
  private static final Windows UNEVEN =
      Windows.sliding(Duration.ofSeconds(70), Duration.ofSeconds(20))
          .withLateness(Duration.ofSeconds(33));

  private static TallyFn<Long, Total, Total> total() {
    return TallyFn.of(new Total(0, 0), v -> new Total(1, v), Total.class, t -> t);
  }

  /** A way to the answers. */
  private record Way(
      String name,
      Windows windows,
      PTransform<PCollection<KV<User, Long>>, PCollection<Answer<User, Total>>> answers) {
    @Override
    public String toString() {
      return name + " " + windows;
    }
  }

  private static PTransform<PCollection<KV<User, Long>>, PCollection<Answer<User, Total>>> after(
      Windows windows, Answers<KV<User, Long>, User, Long, Total, Total> answers) {
    return new PTransform<>() {
      @Override
      public PCollection<Answer<User, Total>> expand(PCollection<KV<User, Long>> events) {
        return events.apply(windows.into()).apply(answers);
      }
    };
  }

  private static Stream<Way> ways(Windows windows) {
    return Stream.of(
        new Way("after Window.into", windows, after(windows, Answers.perKey(total()))),
        new Way(
            "after Window.into, one shard",
            windows,
            after(
                windows,
                Answers.<User, Long, Total, Total>perKey(total()).withShards(1).compactingAt(40))),
        new Way("in windows", windows, Answers.in(windows).perKey(total())),
        new Way(
            "in windows, three shards, compacting",
            windows,
            Answers.in(windows)
                .<User, Long, Total, Total>perKey(total())
                .withShards(3)
                .compactingAt(40)));
  }

  private static Stream<Way> tumbling() {
    return ways(LATE);
  }

  /** A random table, and the sums of its events, added one by one. */
  private record Table(
      Arrivals<KV<User, Long>> arrivals, Map<List<Object>, Total> naive, int revised) {}

  /**
   * Events of 12 users, some up to 200 s behind the newest.
   *
   * @param windows of the naive sums; events that are late for one of them are left out, if given
   */
  private static Table table(long seed, Windows windows, boolean late) {
    SplittableRandom random = new SplittableRandom(seed);
    Arrivals<KV<User, Long>> arrivals =
        Arrivals.of(KvCoder.of(RecordCoder.of(User.class), VarLongCoder.of()));
    Map<List<Object>, Total> naive = new HashMap<>();
    Lateness lateness = Lateness.of(windows);
    int watermark = 0;
    int revised = 0;
    for (int i = 0; i < 150; i++) {
      watermark += random.nextInt(4) == 0 ? random.nextInt(30) : 0;
      if (random.nextInt(10) == 0) {
        arrivals.pause(Duration.ofSeconds(1));
      }
      int seconds = Math.max(0, watermark + 40 - random.nextInt(200));
      User user = new User("user-" + random.nextInt(12));
      long value = random.nextLong(1000);
      long at = time(clock(seconds)).toEpochMilli();
      long now = time(clock(watermark)).toEpochMilli();
      if (!late && lateness.late(at, now)) {
        continue;
      }
      arrivals.row(clock(watermark), clock(seconds), KV.of(user, value));
      revised += windows.first(at).end().getMillis() <= now ? 1 : 0;
      for (long start = Math.floorDiv(at, windows.every().toMillis()) * windows.every().toMillis();
          start > at - windows.width().toMillis();
          start -= windows.every().toMillis()) {
        naive.merge(List.of(user, Instant.ofEpochMilli(start)), new Total(1, value), Total::plus);
      }
    }
    return new Table(arrivals, naive, revised);
  }

  private static String clock(int seconds) {
    return "%02d:%02d:%02d".formatted(10 + seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Beam's own result, pane by pane. */
  private static PTransform<PCollection<KV<User, Long>>, PCollection<Answer<User, Total>>> combined(
      Windows windows) {
    return new PTransform<>() {
      @Override
      public PCollection<Answer<User, Total>> expand(PCollection<KV<User, Long>> events) {
        return events
            .apply(windows.into())
            .apply(Combine.perKey(total()))
            .apply(ParDo.of(new AnswerFn()))
            .setCoder(AnswerCoder.of(RecordCoder.of(User.class), RecordCoder.of(Total.class)));
      }
    };
  }

  private static final class AnswerFn extends DoFn<KV<User, Total>, Answer<User, Total>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<User, Total> sum,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<Answer<User, Total>> out) {
      IntervalWindow of = (IntervalWindow) window;
      out.output(
          new Answer<>(
              sum.getKey(),
              Instant.ofEpochMilli(of.start().getMillis()),
              Instant.ofEpochMilli(of.end().getMillis()),
              pane.getIndex(),
              sum.getValue()));
    }
  }

  @ParameterizedTest
  @MethodSource("tumbling")
  void eachAnswerAndEachRevisionIsThatOfCombinePerKey(Way way) {
    for (long seed : SEEDS) {
      Arrivals<KV<User, Long>> arrivals = table(seed, LATE, true).arrivals();
      List<Answer<User, Total>> combined = arrivals.streamed(combined(LATE));
      assertThat(
          "the table revises",
          combined.stream().filter(a -> a.revision() > 0).toList(),
          hasSize(greaterThan(20)));
      assertThat(
          arrivals.streamed(way.answers()), containsInAnyOrder(combined.toArray(Answer[]::new)));
    }
  }

  private static Stream<Way> all() {
    Duration second = Duration.ofSeconds(1);
    return Stream.of(TUMBLING, LATE, SLIDING, SLIDING.withLateness(MINUTE), UNEVEN)
        .flatMap(w -> Stream.of(w, w.withEarlyAnswersEvery(second)))
        .flatMap(AnswersAsCombinedTest::ways)
        .filter(way -> way.name().contains("shard"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStreamSettlesOnTheNaiveSumsAndEachRevisionReplacesALowerOne(Way way) {
    for (long seed : SEEDS) {
      Table table = table(seed, way.windows(), false);
      assertThat(
          "the table revises",
          table.revised(),
          greaterThan(way.windows().lateness().isZero() ? -1 : 20));
      Map<List<Object>, Answer<User, Total>> settled = new HashMap<>();
      List<Answer<User, Total>> streamed = table.arrivals().streamed(way.answers());
      Set<List<Object>> versions = new HashSet<>();
      for (Answer<User, Total> a : streamed) {
        assertThat(a.end(), is(a.start().plus(way.windows().width())));
        assertThat(
            "one answer of a revision: " + a,
            versions.add(List.of(a.key(), a.start(), a.revision())),
            is(true));
        settled.merge(
            List.of(a.key(), a.start()), a, (x, y) -> x.revision() > y.revision() ? x : y);
      }
      Map<List<Object>, Total> totals = new HashMap<>();
      settled.forEach((of, answer) -> totals.put(of, answer.value()));
      assertThat(totals, is(table.naive()));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBackfillAnswersOnce(Way way) {
    for (long seed : SEEDS) {
      Table table = table(seed, way.windows(), false);
      Map<List<Object>, Total> totals = new HashMap<>();
      for (Answer<User, Total> a : table.arrivals().backfilled(way.answers())) {
        assertThat(a.revision(), is(0L));
        assertThat(totals.put(List.of(a.key(), a.start()), a.value()), is(nullValue()));
      }
      assertThat(totals, is(table.naive()));
    }
  }

  private static Stream<Arguments> bundles() {
    Windows windows = Windows.sessions(Duration.ofSeconds(20));
    return Stream.of(
            new Way("whole", windows, Answers.in(windows).perKey(total())),
            new Way("after Window.into", windows, after(windows, Answers.perKey(total()))))
        .flatMap(way -> Stream.of(1, 7, 5000).map(users -> Arguments.of(way, users)));
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void eventsOfABundleMakeTheSessionsThatTheyMakeOneByOne(Way way, int users) {
    SplittableRandom random = new SplittableRandom(users);
    Arrivals<KV<User, Long>> arrivals =
        Arrivals.of(KvCoder.of(RecordCoder.of(User.class), VarLongCoder.of()));
    Map<User, TreeMap<Integer, Total>> naive = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      int seconds = random.nextInt(40_000);
      User user = new User("user-" + random.nextInt(users));
      long value = random.nextLong(1000);
      arrivals.row("10:00:00", clock(seconds), KV.of(user, value));
      naive
          .computeIfAbsent(user, u -> new TreeMap<>())
          .merge(seconds, new Total(1, value), Total::plus);
    }
    Map<List<Object>, Total> sessions = new HashMap<>();
    naive.forEach(
        (user, ofUser) -> {
          int start = 0;
          int last = Integer.MIN_VALUE / 2;
          for (Map.Entry<Integer, Total> at : ofUser.entrySet()) {
            start = at.getKey() - last < 20 ? start : at.getKey();
            last = at.getKey();
            sessions.merge(List.of(user, time(clock(start))), at.getValue(), Total::plus);
          }
        });
    Map<List<Object>, Total> answered = new HashMap<>();
    for (Answer<User, Total> a : arrivals.backfilled(way.answers())) {
      assertThat(answered.put(List.of(a.key(), a.start()), a.value()), is(nullValue()));
    }
    assertThat(answered, is(sessions));
  }
}
