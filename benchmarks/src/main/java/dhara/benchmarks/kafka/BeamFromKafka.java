package dhara.benchmarks.kafka;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.BeamAsDocumented;
import dhara.benchmarks.playback.Engines;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.joda.time.Duration;

/** {@link BeamAsDocumented} from a topic, read as KafkaIO's documentation shows it. */
public final class BeamFromKafka implements Contestant {

  /** Made by name. */
  public BeamFromKafka() {}

  @Override
  public Outcome run(Task task) throws Exception {
    PlaybackJob job = PlaybackJob.of(task);
    // A detached job can be cancelled.
    Pipeline pipeline = Pipeline.create(Engines.asBeamSets(job, "--attachedMode=false"));
    pipeline
        .apply(
            KafkaIO.<String, String>read()
                .withBootstrapServers(task.text(PlaybackTopic.BROKER))
                .withTopic(PlaybackTopic.TOPIC)
                .withKeyDeserializer(StringDeserializer.class)
                .withValueDeserializer(StringDeserializer.class)
                .withConsumerConfigUpdates(
                    Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
                .withCreateTime(Duration.millis(PlaybackLines.DISORDER_MILLIS))
                .withoutMetadata())
        .apply(Values.create())
        .apply(MapElements.via(new BeamAsDocumented.Parse()))
        .apply(Window.into(FixedWindows.of(Duration.millis(job.width().toMillis()))))
        .apply(ParDo.of(new BeamAsDocumented.KeyFn(job.byUser())))
        .apply(Combine.perKey(new BeamAsDocumented.StatsFn()))
        .apply(ParDo.of(new CountFn()));
    Answered.start(job);
    PipelineResult result = pipeline.run();
    try {
      return Answered.await(() -> !result.getState().isTerminal());
    } finally {
      result.cancel();
    }
  }

  private static final class CountFn extends DoFn<KV<String, BeamAsDocumented.Stats>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<String, BeamAsDocumented.Stats> answer, BoundedWindow window) {
      BeamAsDocumented.Stats s = answer.getValue();
      Answered.add(
          answer.getKey(),
          ((IntervalWindow) window).start().getMillis(),
          s.events,
          s.sum,
          s.min,
          s.max,
          s.errors);
    }
  }
}
