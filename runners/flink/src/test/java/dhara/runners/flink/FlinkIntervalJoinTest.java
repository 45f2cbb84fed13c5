package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.join.IntervalJoin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two inputs are joined on Flink, in streams and in batches. */
class FlinkIntervalJoinTest {

  record Click(String id, Instant at, String user) implements Event {}

  record View(String id, Instant at, String user) implements Event {}

  record Pair(String click, String view) {}

  private static final Queue<Pair> TOLD = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void forget() {
    TOLD.clear();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eventsAreJoinedWithTheNearestOfTheOtherSide(boolean streaming) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(2);
    options.setStreaming(streaming);
    options.setMaxBundleSize(1L); // a bundle holds the watermark
    options.setShutdownSourcesAfterIdleMs(1L);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<View> views =
        pipeline
            .apply(
                "Views",
                Create.timestamped(
                        stamped(new View("v2", time("10:05:00"), "asha")),
                        stamped(new View("v1", time("10:00:00"), "asha")),
                        stamped(new View("v3", time("10:20:00"), "ravi")))
                    .withCoder(RecordCoder.of(View.class)))
            .setIsBoundedInternal(streaming ? IsBounded.UNBOUNDED : IsBounded.BOUNDED);
    pipeline
        .apply(
            "Clicks",
            Create.timestamped(
                    stamped(new Click("c3", time("10:30:00"), "ravi")),
                    stamped(new Click("c2", time("10:04:00"), "asha")),
                    stamped(new Click("c4", time("10:04:00"), "mira")),
                    stamped(new Click("c1", time("10:01:00"), "asha")))
                .withCoder(RecordCoder.of(Click.class)))
        .setIsBoundedInternal(streaming ? IsBounded.UNBOUNDED : IsBounded.BOUNDED)
        .apply(
            "Join",
            IntervalJoin.of(views)
                .within(Duration.ofMinutes(10), Duration.ofMinutes(5))
                .perKey(Click::user, View::user)
                .nearest()
                .withLateness(Duration.ofHours(1)) // the order of both sources is not one
                .left(
                    Pair.class,
                    (Click click, java.util.Optional<View> view) ->
                        new Pair(click.id(), view.map(View::id).orElse("-"))))
        .apply(ParDo.of(new KeepFn()));
    pipeline.run().waitUntilFinish();

    assertThat(
        TOLD,
        containsInAnyOrder(
            List.of(
                    new Pair("c1", "v1"),
                    new Pair("c2", "v2"),
                    new Pair("c3", "v3"),
                    new Pair("c4", "-"))
                .toArray()));
  }

  private static Instant time(String clock) {
    return Instant.parse("2026-03-01T" + clock + "Z");
  }

  private static <E extends Event> TimestampedValue<E> stamped(E event) {
    return TimestampedValue.of(
        event, org.joda.time.Instant.ofEpochMilli(event.at().toEpochMilli()));
  }

  private static final class KeepFn extends DoFn<Pair, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Pair told) {
      TOLD.add(told);
    }
  }
}
