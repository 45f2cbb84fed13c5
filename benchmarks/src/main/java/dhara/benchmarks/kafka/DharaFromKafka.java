package dhara.benchmarks.kafka;

import dhara.assembly.Assembly;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.Engines;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.PipelineResult;

/**
 * Dhara as its command runs it: the whole pipeline around the analysis, with the options that Dhara
 * sets; answers, late events, dead letters and the ledger go to topics. Duplicates are not removed,
 * because the other contestants do not do it either.
 */
public final class DharaFromKafka implements Contestant {

  /** Made by name. */
  public DharaFromKafka() {}

  @Override
  public Outcome run(Task task) throws Exception {
    PlaybackJob job = PlaybackJob.of(task);
    String broker = "kafka://" + task.text(PlaybackTopic.BROKER) + "/";
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    // A detached job can be cancelled.
    PlaybackSums.Options options =
        Engines.asDharaSets(job, folder, "--attachedMode=false").as(PlaybackSums.Options.class);
    options.setEvents(List.of(broker + PlaybackTopic.TOPIC));
    options.setAnswers(List.of(broker + "sums"));
    options.setUnique(false);
    options.setWindow(job.width());
    options.setLateness(Duration.ZERO);
    options.setDisorder(Duration.ofMillis(PlaybackLines.DISORDER_MILLIS));
    Answered.start(job);
    try (Assembly assembly = Assembly.of(new PlaybackSums(), options)) {
      assembly.prepare();
      PipelineResult result = assembly.pipeline().run();
      try {
        return Answered.await(() -> !result.getState().isTerminal());
      } finally {
        result.cancel();
      }
    } finally {
      Folders.delete(folder);
    }
  }
}
