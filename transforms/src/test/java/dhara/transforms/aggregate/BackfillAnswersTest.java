package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backfills over long times, in which most windows are empty. */
class BackfillAnswersTest {

  record User(String name) {}

  record Total(long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(sum + other.sum);
    }
  }

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Stream<Windows> windows() {
    return Stream.of(
        Windows.tumbling(Duration.ofMinutes(1)),
        Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofHours(1)),
        Windows.calendar(CalendarUnit.DAY, ZoneId.of("Asia/Kolkata")),
        Windows.ever(),
        Windows.sliding(Duration.ofMinutes(5), Duration.ofMinutes(1)),
        Windows.sliding(Duration.ofMinutes(7), Duration.ofMinutes(2)));
  }

  /** 500 events of a month, by the milliseconds in which they happen. */
  private static List<TimestampedValue<KV<User, Long>>> events() {
    SplittableRandom random = new SplittableRandom(11);
    List<TimestampedValue<KV<User, Long>>> events = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      long at = START.toEpochMilli() + random.nextLong(Duration.ofDays(30).toMillis());
      for (int copy = 0; copy < 2; copy++) {
        events.add(
            TimestampedValue.of(
                KV.of(new User("u" + random.nextInt(4)), random.nextLong(100)),
                org.joda.time.Instant.ofEpochMilli(at + random.nextLong(400_000))));
      }
    }
    return events;
  }

  private static Set<Answer<User, Total>> naive(Windows windows) {
    Map<List<Object>, Long> sums = new HashMap<>();
    for (TimestampedValue<KV<User, Long>> event : events()) {
      for (IntervalWindow window : all(windows, event.getTimestamp().getMillis())) {
        sums.merge(
            List.of(event.getValue().getKey(), window), event.getValue().getValue(), Long::sum);
      }
    }
    Set<Answer<User, Total>> answers = new HashSet<>();
    sums.forEach(
        (of, sum) -> {
          IntervalWindow window = (IntervalWindow) of.get(1);
          answers.add(
              new Answer<>(
                  (User) of.get(0),
                  Instant.ofEpochMilli(window.start().getMillis()),
                  Instant.ofEpochMilli(window.end().getMillis()),
                  0,
                  new Total(sum)));
        });
    return answers;
  }

  /** The windows of a moment: all of one width follow the first at one distance. */
  private static List<IntervalWindow> all(Windows windows, long at) {
    List<IntervalWindow> all = new ArrayList<>();
    IntervalWindow window = windows.first(at);
    while (window.start().getMillis() <= at) {
      all.add(window);
      if (windows.slicesInWindow() == 1) {
        return all;
      }
      org.joda.time.Duration step = org.joda.time.Duration.millis(windows.every().toMillis());
      window = new IntervalWindow(window.start().plus(step), window.end().plus(step));
    }
    return all;
  }

  private static PCollection<KV<User, Long>> create(Pipeline pipeline) {
    return pipeline.apply(
        Create.timestamped(events())
            .withCoder(KvCoder.of(RecordCoder.of(User.class), VarLongCoder.of())));
  }

  private static TallyFn<Long, Total, Total> total() {
    return TallyFn.of(new Total(0), Total::new, Total.class, total -> total);
  }

  @ParameterizedTest
  @MethodSource("windows")
  void everyWindowThatHasEventsAnswersOnceInTheWindowThatTheAnswerIsAbout(Windows windows) {
    Pipeline pipeline = Pipeline.create();
    pipeline.getOptions().as(BackfillGrouping.class).setBackfillShards(3);

    PCollection<Answer<User, Total>> answers =
        create(pipeline).apply(Answers.in(windows).perKey(total()));

    PAssert.that(answers).containsInAnyOrder(naive(windows));
    PAssert.that(answers.apply("Where", ParDo.of(new WhereFn()))).empty();
    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @MethodSource("windows")
  void aSecondAggregationFindsTheAnswersInTheirWindows(Windows windows) {
    Pipeline pipeline = Pipeline.create();
    Map<Long, Long> users = new HashMap<>();
    naive(windows).forEach(a -> users.merge(a.end().toEpochMilli(), 1L, Long::sum));
    List<KV<Long, Long>> byUs = new ArrayList<>();
    users.forEach((end, count) -> byUs.add(KV.of(end, count)));

    PCollection<KV<All, Answer<User, Total>>> answers =
        create(pipeline)
            .apply(Answers.in(windows).perKey(total()))
            .apply("All", KeyBy.record(All.class, answer -> new All("all")));

    PAssert.that(
            answers.apply("Beam", Count.perKey()).apply("End of Beam's", ParDo.of(new CountFn())))
        .containsInAnyOrder(byUs);
    PAssert.that(
            create(pipeline)
                .apply("Again", Answers.in(windows).perKey(total()))
                .apply("Key", KeyBy.record(All.class, answer -> new All("all")))
                .apply("Second", Answers.perKey(count()))
                .apply("End of ours", ParDo.of(new EndFn())))
        .containsInAnyOrder(byUs);
    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @MethodSource("windows")
  void theEngineGroupsInTheGlobalWindowOnly(Windows windows) {
    Pipeline pipeline = Pipeline.create();
    create(pipeline)
        .apply("First", Answers.in(windows).perKey(total()))
        .apply("Key", KeyBy.record(All.class, answer -> new All("all")))
        .apply("Second", Answers.perKey(count()));

    List<String> groupings = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof GroupByKey<?, ?>) {
              PCollection<?> in = (PCollection<?>) node.getInputs().values().iterator().next();
              groupings.add(in.getWindowingStrategy().getWindowFn().getClass().getSimpleName());
            }
          }
        });

    assertThat(groupings, is(List.of("GlobalWindows", "GlobalWindows")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void anOptionWithoutShardsIsRefused(int shards) {
    Pipeline pipeline = Pipeline.create();
    pipeline.getOptions().as(BackfillGrouping.class).setBackfillShards(shards);
    PCollection<KV<User, Long>> events = create(pipeline);
    Answers<KV<User, Long>, User, Long, Total, Total> answers =
        Answers.in(Windows.ever()).perKey(total());

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> events.apply(answers));

    assertThat(
        e.getMessage(),
        containsString("--backfillShards=" + shards + ": there must be a shard, e.g. "));
  }

  record All(String name) {}

  private static TallyFn<Answer<User, Total>, Total, Total> count() {
    return TallyFn.of(new Total(0), answer -> new Total(1), Total.class, total -> total);
  }

  /** Gives what is not in its own window, at its last moment. */
  private static final class WhereFn extends DoFn<Answer<User, Total>, String> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element Answer<User, Total> answer,
        @Timestamp org.joda.time.Instant at,
        BoundedWindow window,
        OutputReceiver<String> out) {
      IntervalWindow own =
          new IntervalWindow(
              org.joda.time.Instant.ofEpochMilli(answer.start().toEpochMilli()),
              org.joda.time.Instant.ofEpochMilli(answer.end().toEpochMilli()));
      if (!own.equals(window) || !own.maxTimestamp().equals(at)) {
        out.output(answer + " in " + window + " at " + at);
      }
    }
  }

  private static final class CountFn extends DoFn<KV<All, Long>, KV<Long, Long>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<All, Long> count, BoundedWindow window, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(((IntervalWindow) window).end().getMillis(), count.getValue()));
    }
  }

  private static final class EndFn extends DoFn<Answer<All, Total>, KV<Long, Long>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Answer<All, Total> answer, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(answer.end().toEpochMilli(), answer.value().sum()));
    }
  }
}
