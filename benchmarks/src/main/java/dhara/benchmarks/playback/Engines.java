package dhara.benchmarks.playback;

import dhara.cli.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The options of a Beam program on the engine of this class path. */
final class Engines {

  private Engines() {}

  /**
   * The options as Dhara's own command sets them, and what the job says.
   *
   * @param stream whether the input is a stream
   * @param folder for checkpoints
   */
  static PipelineOptions asDharaSets(PlaybackJob job, boolean stream, Path folder) {
    Engine engine = engine();
    List<String> arguments = runner(engine);
    engine.defaults().forEach(set -> arguments.add("--" + set.option() + "=" + set.value()));
    arguments.addAll(parallelism(engine, job));
    if (stream) {
      PipelineOptions sofar = options(arguments);
      engine
          .streamDefaults(sofar)
          .forEach(set -> arguments.add("--" + set.option() + "=" + set.value()));
      arguments.addAll(stream(engine, job, folder));
    }
    return options(arguments);
  }

  /** Beam's own defaults, and only what the job says. */
  static PipelineOptions asBeamSets(PlaybackJob job) {
    Engine engine = engine();
    List<String> arguments = runner(engine);
    arguments.addAll(parallelism(engine, job));
    return options(arguments);
  }

  private static Engine engine() {
    return ServiceLoader.load(Engine.class).stream()
        .map(ServiceLoader.Provider::get)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the class path holds no engine"));
  }

  private static List<String> runner(Engine engine) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--runner=" + engine.runner().getName());
    return arguments;
  }

  private static List<String> parallelism(Engine engine, PlaybackJob job) {
    return switch (engine.name()) {
      case "flink" -> List.of("--flinkMaster=[local]", "--parallelism=" + job.parallelism());
      case "spark" -> List.of("--sparkMaster=local[" + job.parallelism() + "]");
      default -> List.of("--targetParallelism=" + job.parallelism());
    };
  }

  /** The stream ends with its last line; checkpoints go to files, for some are large. */
  private static List<String> stream(Engine engine, PlaybackJob job, Path folder) {
    if (!engine.name().equals("flink")) {
      return List.of();
    }
    return List.of(
        "--streaming=true",
        "--shutdownSourcesAfterIdleMs=0",
        "--stateBackend=" + (job.inRocksDb() ? "rocksdb" : "filesystem"),
        "--stateBackendStoragePath=" + folder.toUri());
  }

  private static PipelineOptions options(List<String> arguments) {
    List<String> last = new ArrayList<>();
    // Of two values the later counts; Beam itself refuses an option that is given twice.
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i).substring(0, arguments.get(i).indexOf('=') + 1);
      if (arguments.subList(i + 1, arguments.size()).stream().noneMatch(a -> a.startsWith(name))) {
        last.add(arguments.get(i));
      }
    }
    return PipelineOptionsFactory.fromArgs(last.toArray(String[]::new)).create();
  }
}
