package dhara.benchmarks.nexmark;

import dhara.cli.Engine.Default;
import dhara.runners.flink.FlinkEngine;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Both sides of the comparison on embedded Flink: one parallelism, one interval of checkpoints. */
final class Streams {

  static final int PARALLELISM = 2;

  private static final int CHECKPOINT_MILLIS = 10_000;

  private Streams() {}

  /** What Dhara sets for a stream on Flink, and that the stream ends where its source does. */
  static FlinkPipelineOptions options() {
    FlinkEngine engine = new FlinkEngine();
    FlinkPipelineOptions plain = options(engine.defaults());
    List<Default> defaults = new ArrayList<>(engine.defaults());
    defaults.addAll(engine.streamDefaults(plain));
    FlinkPipelineOptions options = options(defaults);
    options.setRunner(engine.runner());
    options.setStreaming(true);
    options.setParallelism(PARALLELISM);
    options.setShutdownSourcesAfterIdleMs(0L);
    return options;
  }

  private static FlinkPipelineOptions options(List<Default> defaults) {
    return PipelineOptionsFactory.fromArgs(
            defaults.stream()
                .map(set -> "--" + set.option() + "=" + set.value())
                .toArray(String[]::new))
        .as(FlinkPipelineOptions.class);
  }

  /** Flink tuned by hand: objects are handed on as they are, and nothing goes through Kryo. */
  static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration);
    env.enableCheckpointing(CHECKPOINT_MILLIS);
    return env;
  }
}
