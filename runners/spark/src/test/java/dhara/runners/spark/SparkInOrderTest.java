package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.order.Fold;
import dhara.transforms.order.InOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.TimestampedValue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events are applied in order on Spark. */
class SparkInOrderTest {

  record Ping(String id, Instant at, String courier) implements Event {}

  record Trail(String ids, Instant last) {}

  record Told(String of, String what) {}

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

  private static final Queue<Told> TOLD = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void forget() {
    TOLD.clear();
  }

  private static Ping ping(String id, String at) {
    return new Ping(id, Instant.parse("2026-03-01T" + at + "Z"), "k");
  }

  @Test
  void eventsAreAppliedInTheOrderOfTheirTimesAndIds() {
    SparkPipelineOptions options = PipelineOptionsFactory.as(SparkPipelineOptions.class);
    options.setRunner(SparkRunner.class);
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            Create.timestamped(PINGS.stream().map(SparkInOrderTest::stamped).toList())
                .withCoder(RecordCoder.of(Ping.class)))
        .apply("Fold", FOLD)
        .apply(ParDo.of(new KeepFn()));
    pipeline.run().waitUntilFinish();

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

  private static TimestampedValue<Ping> stamped(Ping ping) {
    return TimestampedValue.of(ping, joda(ping.at()));
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static final class KeepFn extends DoFn<Told, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Told told) {
      TOLD.add(told);
    }
  }
}
