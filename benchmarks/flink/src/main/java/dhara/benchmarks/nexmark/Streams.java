package dhara.benchmarks.nexmark;

import dhara.benchmarks.harness.Task;
import dhara.engine.Engine.Default;
import dhara.runners.flink.FlinkEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * Runs both sides of the comparison on embedded Flink, with the same parallelism, state on the
 * heap, and the same interval of checkpoints, which go to a folder.
 */
final class Streams {

  private static final int PARALLELISM = 2;
  private static final int CHECKPOINT_MILLIS = 10_000;

  /** A job that keeps its checkpoints in a folder. */
  interface Job<T> {
    T run(Path checkpoints) throws Exception;
  }

  private Streams() {}

  /** The events that a task names. */
  static AuctionHouse house(Task task) {
    return new AuctionHouse(
        task.number("seed"), task.events(), Math.toIntExact(task.number("perSecond")));
  }

  /** Runs a job, and deletes its checkpoints. */
  static <T> T withCheckpoints(Job<T> job) throws Exception {
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    try {
      return job.run(folder);
    } finally {
      // Flink may still be deleting the last checkpoint of a finished job.
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  /** What Dhara sets for a stream on Flink, and that the stream ends where its source does. */
  static FlinkPipelineOptions dhara(Path checkpoints) {
    FlinkEngine engine = new FlinkEngine();
    List<Default> defaults = new ArrayList<>(engine.defaults());
    defaults.addAll(engine.streamDefaults(options(engine.defaults()), false));
    FlinkPipelineOptions options = options(defaults);
    options.setRunner(engine.runner());
    options.setStreaming(true);
    options.setParallelism(PARALLELISM);
    options.setShutdownSourcesAfterIdleMs(0L);
    options.setStateBackend("filesystem");
    options.setStateBackendStoragePath(checkpoints.toUri().toString());
    return options;
  }

  private static FlinkPipelineOptions options(List<Default> defaults) {
    return PipelineOptionsFactory.fromArgs(
            defaults.stream()
                .map(set -> "--" + set.option() + "=" + set.value())
                .toArray(String[]::new))
        .as(FlinkPipelineOptions.class);
  }

  /** Flink tuned by hand: objects are reused, and nothing goes through Kryo. */
  static StreamExecutionEnvironment byHand(Path checkpoints) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration);
    env.enableCheckpointing(CHECKPOINT_MILLIS);
    return env;
  }
}
