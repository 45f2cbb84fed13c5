package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.CombineFnTester;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class AnswersTest {

  record Sensor(String name) {}

  record Total(long readings, long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(readings + other.readings, sum + other.sum);
    }
  }

  private static final Sensor A = new Sensor("a");
  private static final Sensor B = new Sensor("b");
  private static final Windows MINUTES =
      Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(5));

  private static final Windows SESSIONS =
      Windows.sessions(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(9));

  private static TallyFn<Long, Total, Total> total() {
    return TallyFn.of(new Total(0, 0), v -> new Total(1, v), Total.class, t -> t);
  }

  private static Arrivals<KV<Sensor, Long>> arrivals() {
    return Arrivals.of(KvCoder.of(RecordCoder.of(Sensor.class), VarLongCoder.of()));
  }

  private static PTransform<PCollection<KV<Sensor, Long>>, PCollection<Answer<Sensor, Total>>>
      totals(Windows windows) {
    return new PTransform<>() {
      @Override
      public PCollection<Answer<Sensor, Total>> expand(PCollection<KV<Sensor, Long>> readings) {
        return readings.apply(Answers.in(windows).perKey(total()));
      }
    };
  }

  private static Answer<Sensor, Total> answer(
      Sensor sensor, String start, String end, long revision, long readings, long sum) {
    return new Answer<>(sensor, time(start), time(end), revision, new Total(readings, sum));
  }

  /** The final state of a reader of upserts: the highest revision of each key and window. */
  private static <K, V> Set<Answer<K, V>> settled(List<Answer<K, V>> answers) {
    Map<Object, Answer<K, V>> latest = new HashMap<>();
    for (Answer<K, V> a : answers) {
      latest.merge(
          List.of(a.key(), a.start(), a.end()), a, (x, y) -> x.revision() > y.revision() ? x : y);
    }
    return latest.values().stream()
        .filter(a -> !a.isWithdrawn())
        .map(a -> new Answer<>(a.key(), a.start(), a.end(), 0, a.value()))
        .collect(Collectors.toSet());
  }

  @Test
  void eventsOnTimeMakeOneAnswerPerKeyAndWindow() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .row("10:00:10", "10:00:20", KV.of(B, 7L))
            .row("10:00:20", "10:00:59", KV.of(A, 2L))
            .row("10:01:00", "10:01:00", KV.of(A, 1L));

    assertThat(
        arrivals.streamed(totals(MINUTES)),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:00", 0, 2, 7),
            answer(B, "10:00:00", "10:01:00", 0, 1, 7),
            answer(A, "10:01:00", "10:02:00", 0, 1, 1)));
  }

  @Test
  void aBackfillOfTheSameEventsGivesTheSameAnswers() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .row("10:00:20", "10:00:59", KV.of(A, 2L))
            .row("10:01:30", "10:00:30", KV.of(A, 3L))
            .row("10:01:30", "10:01:31", KV.of(B, 1L));

    List<Answer<Sensor, Total>> backfilled = arrivals.backfilled(totals(MINUTES));

    assertThat(
        backfilled,
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:00", 0, 3, 10),
            answer(B, "10:01:00", "10:02:00", 0, 1, 1)));
    assertThat(settled(arrivals.streamed(totals(MINUTES))), is(Set.copyOf(backfilled)));
  }

  @Test
  void eventsOutOfOrderBeforeTheWindowEndsMakeNoRevision() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:50", KV.of(A, 1L))
            .row("10:00:30", "10:00:05", KV.of(A, 2L));

    assertThat(
        arrivals.streamed(totals(MINUTES)), contains(answer(A, "10:00:00", "10:01:00", 0, 2, 3)));
  }

  @Test
  void aLateEventMakesARevisionThatReplacesTheWholeAnswer() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .row("10:01:30", "10:00:30", KV.of(A, 3L));

    assertThat(
        arrivals.streamed(totals(MINUTES)),
        contains(
            answer(A, "10:00:00", "10:01:00", 0, 1, 5),
            answer(A, "10:00:00", "10:01:00", 1, 2, 8)));
  }

  @Test
  void anOpenWindowAnswersEarlyAndEachAnswerReplacesTheOneBefore() {
    Windows early = MINUTES.withEarlyAnswersEvery(Duration.ofSeconds(1));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .pause(Duration.ofSeconds(2))
            .row("10:00:20", "10:00:25", KV.of(A, 3L))
            .pause(Duration.ofSeconds(2))
            .row("10:01:00", "10:01:10", KV.of(B, 1L));

    List<Answer<Sensor, Total>> streamed = arrivals.streamed(totals(early));

    assertThat(
        streamed,
        hasItems(
            answer(A, "10:00:00", "10:01:00", 0, 1, 5),
            answer(A, "10:00:00", "10:01:00", 1, 2, 8)));
    assertThat(settled(streamed), is(Set.copyOf(arrivals.backfilled(totals(early)))));
  }

  @Test
  void anEarlyAnswerWaitsNoLongerThanWasAskedAndShardsKeepTheirTurn() {
    Duration second = Duration.ofSeconds(1);
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .pause(second)
            .row("10:00:00", "10:00:11", KV.of(A, 3L))
            .pause(second)
            .pause(second)
            .pause(second)
            .row("10:00:00", "10:00:12", KV.of(A, 1L))
            .pause(second)
            .row("10:01:00", "10:01:10", KV.of(B, 1L));

    List<Answer<Sensor, Total>> streamed =
        arrivals.streamed(totals(MINUTES.withEarlyAnswersEvery(second)));

    assertThat(
        streamed.stream().filter(a -> a.key().equals(A)).toList(),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:00", 0, 1, 5),
            answer(A, "10:00:00", "10:01:00", 1, 2, 8),
            answer(A, "10:00:00", "10:01:00", 2, 3, 9)));
  }

  @Test
  void anEventBeyondTheLatenessLeavesTheAnswerAsItIs() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .row("10:06:01", "10:00:30", KV.of(A, 3L))
            .row("10:06:01", "10:06:02", KV.of(A, 1L));

    assertThat(
        arrivals.streamed(totals(MINUTES)),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:00", 0, 1, 5),
            answer(A, "10:06:00", "10:07:00", 0, 1, 1)));
  }

  @Test
  void anEventInSlidingWindowsCountsInEachOfThem() {
    Windows sliding = Windows.sliding(Duration.ofMinutes(2), Duration.ofMinutes(1));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:01:10", KV.of(A, 5L))
            .row("10:00:00", "10:02:10", KV.of(A, 1L));

    assertThat(
        arrivals.streamed(totals(sliding)),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:02:00", 0, 1, 5),
            answer(A, "10:01:00", "10:03:00", 0, 2, 6),
            answer(A, "10:02:00", "10:04:00", 0, 1, 1)));
    assertThat(
        settled(arrivals.streamed(totals(sliding))),
        is(Set.copyOf(arrivals.backfilled(totals(sliding)))));
  }

  @Test
  void aSessionEndsAfterASilenceAndALateEventThatJoinsTwoAnswersForBoth() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:00:00", "10:00:30", KV.of(A, 2L))
            .row("10:00:00", "10:05:00", KV.of(A, 4L));
    assertThat(
        arrivals.streamed(totals(SESSIONS)),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:30", 0, 2, 3),
            answer(A, "10:05:00", "10:06:00", 0, 1, 4)));

    var joined =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(B, 1L))
            .row("10:00:00", "10:01:40", KV.of(B, 2L))
            .row("10:03:00", "10:00:50", KV.of(B, 4L));
    assertThat(
        joined.backfilled(totals(SESSIONS)), contains(answer(B, "10:00:00", "10:02:40", 0, 3, 7)));
    assertThat(
        joined.streamed(totals(SESSIONS)),
        containsInAnyOrder(
            answer(B, "10:00:00", "10:01:00", 0, 1, 1),
            answer(B, "10:01:40", "10:02:40", 0, 1, 2),
            withdrawn(B, "10:00:00", "10:01:00", 1),
            withdrawn(B, "10:01:40", "10:02:40", 1),
            answer(B, "10:00:00", "10:02:40", 0, 3, 7)));
  }

  private static Answer<Sensor, Total> withdrawn(
      Sensor sensor, String start, String end, long revision) {
    return Answer.withdrawn(sensor, time(start), time(end), revision);
  }

  @Test
  void aLateEventWithinASessionRevisesItsAnswer() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:00:00", "10:00:30", KV.of(A, 2L))
            .row("10:02:00", "10:00:10", KV.of(A, 4L))
            .row("10:02:00", "10:00:20", KV.of(A, 8L));

    assertThat(
        settled(arrivals.streamed(totals(SESSIONS))),
        is(Set.copyOf(arrivals.backfilled(totals(SESSIONS)))));
    assertThat(
        arrivals.streamed(totals(SESSIONS)),
        hasItems(
            answer(A, "10:00:00", "10:01:30", 0, 2, 3),
            answer(A, "10:00:00", "10:01:30", 1, 3, 7)));
  }

  @Test
  void aLateEventThatJoinsAnOpenSessionWithdrawsTheAnswerWhenTheWholeIsAnswered() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:01:20", "10:01:40", KV.of(A, 2L))
            .row("10:01:20", "10:00:50", KV.of(A, 4L));

    assertThat(
        arrivals.streamed(totals(SESSIONS)),
        contains(
            answer(A, "10:00:00", "10:01:00", 0, 1, 1),
            withdrawn(A, "10:00:00", "10:01:00", 1),
            answer(A, "10:00:00", "10:02:40", 0, 3, 7)));
  }

  @Test
  void anEventThatIsNotLateJoinsASessionThoughItsAnswerHasNoLateness() {
    Windows none = Windows.sessions(Duration.ofMinutes(1));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:01:20", "10:00:50", KV.of(A, 2L));

    assertThat(
        arrivals.streamed(totals(none)),
        contains(
            answer(A, "10:00:00", "10:01:00", 0, 1, 1),
            withdrawn(A, "10:00:00", "10:01:00", 1),
            answer(A, "10:00:00", "10:01:50", 0, 2, 3)));
    assertThat(
        arrivals.backfilled(totals(none)), contains(answer(A, "10:00:00", "10:01:50", 0, 2, 3)));
  }

  @Test
  void anEventBeyondTheLatenessIsInNoSession() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:00:00", "10:12:00", KV.of(A, 2L))
            .row("10:14:00", "10:00:50", KV.of(A, 4L))
            .row("10:14:00", "10:14:00", KV.of(A, 8L));

    assertThat(
        arrivals.streamed(totals(SESSIONS)),
        containsInAnyOrder(
            answer(A, "10:00:00", "10:01:00", 0, 1, 1),
            answer(A, "10:12:00", "10:13:00", 0, 1, 2),
            answer(A, "10:14:00", "10:15:00", 0, 1, 8)));
  }

  @Test
  void anOpenSessionAnswersEarlyAndALongerOneTakesThePlaceOfTheAnswer() {
    Windows early = SESSIONS.withEarlyAnswersEvery(Duration.ofSeconds(1));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .pause(Duration.ofSeconds(2))
            .row("10:00:00", "10:00:30", KV.of(A, 2L))
            .pause(Duration.ofSeconds(2))
            .row("10:00:00", "10:00:20", KV.of(A, 4L))
            .pause(Duration.ofSeconds(2));

    assertThat(
        arrivals.streamed(totals(early)),
        contains(
            answer(A, "10:00:00", "10:01:00", 0, 1, 1),
            withdrawn(A, "10:00:00", "10:01:00", 1),
            answer(A, "10:00:00", "10:01:30", 0, 2, 3),
            answer(A, "10:00:00", "10:01:30", 1, 3, 7)));
  }

  @Test
  void whatIsAnsweredAboutSessionsForgetsTheWithdrawnOnes() {
    PTransform<PCollection<KV<Sensor, Long>>, PCollection<Answer<Sensor, Total>>> all =
        new PTransform<>() {
          @Override
          public PCollection<Answer<Sensor, Total>> expand(PCollection<KV<Sensor, Long>> readings) {
            return readings
                .apply("PerSensor", Answers.in(SESSIONS).perKey(total()))
                .apply(KeyBy.record(Sensor.class, a -> new Sensor("all")))
                .apply("All", Answers.perKey(LatestFn.of(AnswersTest::sum, Total.class)));
          }
        };
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:00:00", "10:00:00", KV.of(B, 2L))
            .row("10:00:00", "10:01:40", KV.of(B, 4L))
            .row("10:03:00", "10:00:50", KV.of(B, 8L));

    List<Answer<Sensor, Total>> streamed = arrivals.streamed(all);

    Sensor every = new Sensor("all");
    assertThat(
        settled(streamed),
        containsInAnyOrder(
            answer(every, "10:00:00", "10:01:00", 0, 1, 1),
            answer(every, "10:00:00", "10:02:40", 0, 3, 14)));
    assertThat(streamed, hasItems(withdrawn(every, "10:01:40", "10:02:40", 1)));
    assertThat(settled(arrivals.backfilled(all)), is(settled(streamed)));
  }

  @Test
  void answersOfSessionsAreAnsweredAbout() {
    Windows sessions = Windows.sessions(Duration.ofMinutes(1));
    PTransform<PCollection<KV<Sensor, Long>>, PCollection<Answer<Sensor, Total>>> all =
        new PTransform<>() {
          @Override
          public PCollection<Answer<Sensor, Total>> expand(PCollection<KV<Sensor, Long>> readings) {
            return readings
                .apply("PerSensor", Answers.in(sessions).perKey(total()))
                .apply(KeyBy.record(Sensor.class, a -> new Sensor("all")))
                .apply("All", Answers.perKey(LatestFn.of(AnswersTest::sum, Total.class)));
          }
        };
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", KV.of(A, 1L))
            .row("10:00:00", "10:00:30", KV.of(A, 2L))
            .row("10:00:00", "10:05:00", KV.of(B, 4L));

    Set<Answer<Sensor, Total>> streamed = settled(arrivals.streamed(all));

    assertThat(
        streamed,
        containsInAnyOrder(
            answer(new Sensor("all"), "10:00:00", "10:01:30", 0, 2, 3),
            answer(new Sensor("all"), "10:05:00", "10:06:00", 0, 1, 4)));
    assertThat(settled(arrivals.backfilled(all)), is(streamed));
  }

  /** Modifies the accumulator when it extracts the output, as Beam allows. */
  private static final class UsingUpFn extends Combine.CombineFn<Long, List<Long>, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public List<Long> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Long> addInput(List<Long> values, Long value) {
      values.add(value);
      return values;
    }

    @Override
    public List<Long> mergeAccumulators(Iterable<List<Long>> parts) {
      List<Long> values = createAccumulator();
      parts.forEach(values::addAll);
      return values;
    }

    @Override
    public Long extractOutput(List<Long> values) {
      long sum = 0;
      while (!values.isEmpty()) {
        sum += values.remove(values.size() - 1);
      }
      return sum;
    }
  }

  @Test
  void aSumIsRevisedThoughItsAnswerUsedItUp() {
    Windows early = MINUTES.withEarlyAnswersEvery(Duration.ofSeconds(1));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 1L))
            .pause(Duration.ofSeconds(2))
            .row("10:00:00", "10:00:20", KV.of(A, 2L))
            .row("10:01:30", "10:00:30", KV.of(A, 4L))
            .row("10:01:30", "10:00:40", KV.of(A, 8L));

    for (Windows windows : List.of(MINUTES, early)) {
      PTransform<PCollection<KV<Sensor, Long>>, PCollection<Answer<Sensor, Long>>> sums =
          new PTransform<>() {
            @Override
            public PCollection<Answer<Sensor, Long>> expand(PCollection<KV<Sensor, Long>> values) {
              return values.apply(Answers.in(windows).perKey(new UsingUpFn()));
            }
          };
      assertThat(
          settled(arrivals.streamed(sums)),
          contains(new Answer<>(A, time("10:00:00"), time("10:01:00"), 0, 15L)));
    }
  }

  @Test
  void theSplitOfWorkDoesNotMatter() {
    CombineFnTester.testCombineFn(total(), Arrays.asList(4L, 8L, 15L, 16L, 23L), new Total(5, 66));
  }

  @Test
  void settledAnswersOfARandomStreamEqualANaiveCount() {
    SplittableRandom random = new SplittableRandom(42);
    var arrivals = arrivals();
    Map<String, Long> naive = new TreeMap<>();
    int clock = 0;
    for (int i = 0; i < 500; i++) {
      clock += random.nextInt(3);
      int at = Math.max(0, clock - random.nextInt(200));
      Sensor sensor = random.nextBoolean() ? A : B;
      arrivals.row(clock(clock), clock(at), KV.of(sensor, (long) i));
      naive.merge(sensor.name() + " " + time(clock(at / 60 * 60)), (long) i, Long::sum);
    }
    Map<String, Long> streamed = new TreeMap<>();
    for (Answer<Sensor, Total> a : settled(arrivals.streamed(totals(MINUTES)))) {
      streamed.put(a.key().name() + " " + a.start(), a.value().sum());
    }
    assertThat(streamed, is(naive));
  }

  private static String clock(int seconds) {
    return "10:%02d:%02d".formatted(seconds / 60, seconds % 60);
  }

  @Test
  void aRankingOfAnswersTakesTheLatestRevisionOfEach() {
    PTransform<PCollection<KV<Sensor, Long>>, PCollection<Answer<Sensor, Total>>> all =
        new PTransform<>() {
          @Override
          public PCollection<Answer<Sensor, Total>> expand(PCollection<KV<Sensor, Long>> readings) {
            return readings
                .apply(MINUTES.into())
                .apply("PerSensor", Answers.perKey(total()))
                .apply(KeyBy.record(Sensor.class, a -> new Sensor("all")))
                .apply("All", Answers.perKey(LatestFn.of(AnswersTest::sum, Total.class)));
          }
        };
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", KV.of(A, 5L))
            .row("10:00:00", "10:00:20", KV.of(B, 7L))
            .row("10:01:30", "10:00:30", KV.of(A, 3L));

    Set<Answer<Sensor, Total>> streamed = settled(arrivals.streamed(all));

    assertThat(streamed, contains(answer(new Sensor("all"), "10:00:00", "10:01:00", 0, 3, 15)));
    assertThat(settled(arrivals.backfilled(all)), is(streamed));
  }

  private static Total sum(Collection<Answer<Sensor, Total>> answers) {
    Total sum = new Total(0, 0);
    for (Answer<Sensor, Total> answer : answers) {
      sum = sum.plus(answer.value());
    }
    return sum;
  }

  @Test
  void windowsOfNoLengthAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Windows.tumbling(Duration.ZERO))
            .getMessage(),
        containsString("width must be at least a millisecond"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> Windows.sliding(Duration.ofMinutes(1), Duration.ofMinutes(2)))
            .getMessage(),
        containsString("would leave events out"));
  }
}
