package dhara.runners.flink;

import dhara.records.RecordCoder;
import dhara.testkit.SequencesOnEngine;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.junit.jupiter.api.Test;

class FlinkSequencesTest extends SequencesOnEngine {

  record About(String courier, String what) {}

  @Override
  protected Pipeline pipeline(boolean streaming) {
    return pipeline(streaming, 2);
  }

  private static Pipeline pipeline(boolean streaming, int parallelism) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(parallelism);
    options.setStreaming(streaming);
    options.setMaxBundleSize(1L); // a bundle holds the watermark
    options.setShutdownSourcesAfterIdleMs(1L);
    return Pipeline.create(options);
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Test
  void anAnswerAtArrivalIsReplacedIfAnEarlierEventComes() {
    Pipeline pipeline = pipeline(true, 1);
    told(
        pipeline
            .apply(
                TestStream.create(RecordCoder.of(Ping.class))
                    .addElements(stamped(PINGS.get(0)))
                    .advanceWatermarkTo(joda(PINGS.get(1).at().plusSeconds(10)))
                    .addElements(stamped(PINGS.get(1)))
                    .advanceWatermarkTo(joda(PINGS.get(3).at()))
                    .addElements(stamped(PINGS.get(3)))
                    .advanceWatermarkToInfinity())
            .apply(
                "Fold",
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
                    .provisionally(true)));
    pipeline.run().waitUntilFinish();

    assertTold(
        atArrival("c", 0, "c"),
        atArrival("a", 0, "a"),
        atArrival("c", 1, "ac"),
        settled("at 2026-03-01T10:00:50Z", "ac is silent"),
        atArrival("d", 0, "d"),
        settled("at 2026-03-01T10:02:30Z", "d is silent"));
  }

  private static Answer<About, Told> atArrival(String of, long revision, String told) {
    return answer(of, revision, false, told);
  }

  private static Answer<About, Told> settled(String of, String told) {
    return answer(of, 0, true, told);
  }

  private static Answer<About, Told> answer(String of, long revision, boolean first, String told) {
    return new Answer<>(
        new About("k", of),
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(1),
        revision,
        first,
        new Told(of, told));
  }

  private static org.joda.time.Instant joda(Instant instant) {
    return org.joda.time.Instant.ofEpochMilli(instant.toEpochMilli());
  }
}
