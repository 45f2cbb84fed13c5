package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Outcome;
import dhara.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Runs Beam programs on the engine of this class path. */
public final class Engines {

  private Engines() {}

  /**
   * Runs a whole job.
   *
   * @param options given a folder for checkpoints
   * @param build the program
   */
  static Outcome run(
      PlaybackJob job, Function<Path, PipelineOptions> options, Consumer<Pipeline> build)
      throws IOException {
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    try {
      Checksum.start();
      Pipeline pipeline = Pipeline.create(options.apply(folder));
      build.accept(pipeline);
      PipelineResult.State state = pipeline.run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new IllegalStateException("the job ended as " + state);
      }
      return Checksum.outcome(job.events());
    } finally {
      Folders.delete(folder);
    }
  }

  /**
   * The options as Dhara's own command sets them, and what the job says.
   *
   * @param folder for checkpoints
   * @param more further arguments
   */
  public static PipelineOptions asDharaSets(PlaybackJob job, Path folder, String... more) {
    Engine engine = engine();
    List<String> arguments = runner(engine);
    engine.defaults().forEach(set -> arguments.add("--" + set.option() + "=" + set.value()));
    arguments.addAll(parallelism(engine, job));
    if (job.bounded()) {
      engine
          .backfillDefaults()
          .forEach(set -> arguments.add("--" + set.option() + "=" + set.value()));
    } else {
      PipelineOptions sofar = options(arguments);
      engine
          .streamDefaults(sofar, false)
          .forEach(set -> arguments.add("--" + set.option() + "=" + set.value()));
      arguments.addAll(stream(engine, job, folder));
    }
    arguments.addAll(List.of(more));
    return options(arguments);
  }

  /**
   * Beam's own defaults, and only what the job says. Without checkpoints, which are off by default.
   *
   * @param more further arguments
   */
  public static PipelineOptions asBeamSets(PlaybackJob job, String... more) {
    Engine engine = engine();
    List<String> arguments = runner(engine);
    arguments.addAll(parallelism(engine, job));
    if (engine.name().equals("flink") && !job.bounded()) {
      arguments.add("--streaming=true");
    }
    arguments.addAll(List.of(more));
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
