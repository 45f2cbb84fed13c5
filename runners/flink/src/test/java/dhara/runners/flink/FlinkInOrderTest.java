package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.Fold;
import dhara.transforms.order.InOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TimestampedValue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events are applied in order on Flink, in streams and in batches. */
class FlinkInOrderTest {

  record Ping(String id, Instant at, String courier) implements Event {}

  record Trail(String ids, Instant last) {}

  record Told(String of, String what) {}

  record About(String courier, String what) {}

  /** Tells each event with all before it, and a silence of half a minute. */
  record Follow() implements Fold<Ping, Trail, Told> {

    @Override
    public Trail initial() {
      return new Trail("", Instant.EPOCH);
    }

    @Override
    public Trail apply(Trail trail, Ping ping, Consumer<Told> out) {
      Trail longer = new Trail(trail.ids + ping.id, ping.at);
      out.accept(new Told(ping.id, longer.ids));
      return longer;
    }

    @Override
    public @Nullable Instant wakeAt(Trail trail) {
      return trail.last.plusSeconds(30);
    }

    @Override
    public @Nullable Trail wake(Trail trail, Instant at, Consumer<Told> out) {
      out.accept(new Told("at " + at, trail.ids + " is silent"));
      return null;
    }

    @Override
    public Duration keep() {
      return Duration.ofSeconds(30);
    }
  }

  private static final InOrder<Ping, String, Trail, Told> FOLD =
      InOrder.perKey(Ping::courier)
          .fold(new Follow(), Trail.class, Told.class)
          .withLateness(Duration.ofSeconds(10));

  private static final List<Ping> PINGS =
      List.of(
          ping("c", "10:00:20"),
          ping("a", "10:00:05"),
          ping("b", "10:00:05"),
          ping("d", "10:02:00"));

  private static final Queue<Object> TOLD = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void forget() {
    TOLD.clear();
  }

  private static Ping ping(String id, String at) {
    return new Ping(id, Instant.parse("2026-03-01T" + at + "Z"), "k");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eventsAreAppliedInTheOrderOfTheirTimesAndIds(boolean streaming) {
    run(
        Create.timestamped(PINGS.stream().map(FlinkInOrderTest::stamped).toList())
            .withCoder(RecordCoder.of(Ping.class)),
        streaming,
        FOLD);

    assertThat(
        TOLD,
        containsInAnyOrder(
            new Told("a", "a"),
            new Told("b", "ab"),
            new Told("c", "abc"),
            new Told("at 2026-03-01T10:00:50Z", "abc is silent"),
            new Told("d", "d"),
            new Told("at 2026-03-01T10:02:30Z", "d is silent")));
  }

  @Test
  void anAnswerAtArrivalIsReplacedIfAnEarlierEventComes() {
    run(
        TestStream.create(RecordCoder.of(Ping.class))
            .addElements(stamped(PINGS.get(0)))
            .advanceWatermarkTo(joda(PINGS.get(1).at().plusSeconds(10)))
            .addElements(stamped(PINGS.get(1)))
            .advanceWatermarkTo(joda(PINGS.get(3).at()))
            .addElements(stamped(PINGS.get(3)))
            .advanceWatermarkToInfinity(),
        true,
        FOLD.answers(
                About.class,
                Told.class,
                (courier, told) ->
                    new Answer<>(
                        new About(courier, told.of()),
                        Instant.EPOCH,
                        Instant.EPOCH.plusSeconds(1),
                        0,
                        told))
            .provisionally());

    assertThat(
        TOLD,
        containsInAnyOrder(
            answer("c", 0, "c"),
            answer("a", 0, "a"),
            answer("c", 1, "ac"),
            answer("at 2026-03-01T10:00:50Z", 0, "ac is silent"),
            answer("d", 0, "d"),
            answer("at 2026-03-01T10:02:30Z", 0, "d is silent")));
  }

  private static Answer<About, Told> answer(String of, long revision, String told) {
    return new Answer<>(
        new About("k", of),
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(1),
        revision,
        new Told(of, told));
  }

  private static TimestampedValue<Ping> stamped(Ping ping) {
    return TimestampedValue.of(ping, joda(ping.at()));
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static <T> void run(
      PTransform<? super PBegin, PCollection<Ping>> source,
      boolean streaming,
      PTransform<PCollection<Ping>, PCollection<T>> fold) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(source instanceof TestStream ? 1 : 2);
    options.setStreaming(streaming);
    options.setMaxBundleSize(1L); // a bundle holds the watermark
    options.setShutdownSourcesAfterIdleMs(1L);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(source)
        .setIsBoundedInternal(streaming ? IsBounded.UNBOUNDED : IsBounded.BOUNDED)
        .apply("Fold", fold)
        .apply(ParDo.of(new KeepFn<>()));
    pipeline.run().waitUntilFinish();
  }

  private static final class KeepFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element T told) {
      TOLD.add(told);
    }
  }
}
