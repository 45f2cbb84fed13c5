package dhara.runners.flink;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.lint.Feature;
import dhara.lint.Unsupported;
import dhara.options.BadOption;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Flink: embedded in this process, or a cluster with {@code --flinkMaster=HOST:PORT}. Parallelism
 * is left alone: embedded, Flink takes one worker a core; on a cluster, what the cluster is
 * configured for.
 */
@AutoService(Engine.class)
public final class FlinkEngine implements Engine {

  /** What Beam takes; anything else fails where the pipeline is translated. */
  private static final List<String> STATE_BACKENDS = List.of("filesystem", "rocksdb");

  /** As Beam says that the engine is to decide. */
  private static final int ENGINES_OWN = -1;

  private static final int MOST_KEY_GROUPS = 32_768;

  private static final Set<String> EMBEDDED = Set.of("[local]", "[collection]", "[auto]");

  @Override
  public String name() {
    return "flink";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return FlinkRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of(
        new Default(
            "flinkMaster",
            "[local]",
            "embedded in this process; --flinkMaster=HOST:PORT for a cluster"),
        new Default(
            "objectReuse",
            "true",
            "else every hop between operators encodes and decodes every element: half the speed;"
                + " Dhara's records never change"),
        new Default(
            "fasterCopy",
            "true",
            "else what objectReuse leaves is copied by its coder; Dhara's records never change"),
        new Default(
            "maxBundleSize",
            "10000",
            "what is tallied inside a bundle is not shuffled: 1000, Flink's own, shuffles more;"
                + " no watermark passes an open bundle: with more, answers wait"),
        new Default(
            "metricsPort",
            MetricsOptions.OFF,
            "--metricsPort=9249-9260 shows an embedded Flink's metrics to Prometheus; a cluster has"
                + " its own configuration for that"));
  }

  @Override
  public List<Default> streamDefaults(PipelineOptions options) {
    Default checkpoints =
        new Default(
            "checkpointingInterval",
            "10000",
            "milliseconds; without checkpoints a stream that fails starts over");
    Default failing =
        new Default(
            "failOnCheckpointingErrors",
            "false",
            "a stream that cannot write a checkpoint goes on and says so; a restart would read the"
                + " same once more, and not heal it");
    Default bundles =
        new Default(
            "finishBundleBeforeCheckpointing",
            "true",
            "else what a bundle gives at its end is put aside while a checkpoint is taken, until"
                + " the next event comes: where a stream falls silent then, its last counts are"
                + " missing");
    Default bundleTime =
        new Default(
            "maxBundleTimeMills",
            "200",
            "milliseconds; a slow stream's events wait in a bundle no longer, in Beam's own a"
                + " second");
    Default metrics =
        new Default(
            "disableMetrics",
            "true",
            "Beam's metrics cost each element at each step, a sixth of a job; steps that get a few"
                + " elements a bundle show theirs all the same: what the ledger counts");
    Default watermarks =
        new Default(
            "autoWatermarkInterval", "200", "milliseconds; Flink's own, which Beam wants said");
    return embedded(options)
        ? List.of(checkpoints, failing, bundles, bundleTime, metrics, watermarks)
        : List.of(
            checkpoints,
            failing,
            bundles,
            bundleTime,
            metrics,
            watermarks,
            new Default(
                "attachedMode",
                "false",
                "the command keeps a handle to the cluster's job, so that Ctrl-C cancels it"),
            new Default("jobCheckIntervalInSecs", "1", "how soon the job's end is seen"));
  }

  @Override
  public List<Unsupported> unsupported() {
    return List.of(
        Unsupported.inStreams(
            Feature.MULTIMAP_STATE, "streams keep no such state: the run would fail"),
        Unsupported.inStreams(
            Feature.KAFKA_SPLITTABLE_STREAM,
            "each poll makes a new watermark policy, which never finds a partition idle"));
  }

  @Override
  public EngineRun prepare(Launch launch) throws IOException {
    checkWorkers(launch.options().as(FlinkPipelineOptions.class));
    checkStateBackend(launch.options().as(FlinkPipelineOptions.class));
    return FlinkRun.of(launch, embedded(launch.options()));
  }

  private static void checkWorkers(FlinkPipelineOptions options) {
    int workers = options.getParallelism();
    if (workers < 1 && workers != ENGINES_OWN) {
      throw new BadOption("--parallelism", workers, "leaves no worker, e.g. --parallelism=2");
    }
    int most = options.getMaxParallelism();
    if (most != ENGINES_OWN && (most < Math.max(workers, 1) || most > MOST_KEY_GROUPS)) {
      throw new BadOption(
          "--maxParallelism",
          most,
          "is not from --parallelism to " + MOST_KEY_GROUPS + ", e.g. --maxParallelism=128");
    }
  }

  private static void checkStateBackend(FlinkPipelineOptions options) {
    String given = options.getStateBackend();
    if (given != null && !STATE_BACKENDS.contains(given.toLowerCase(Locale.ROOT))) {
      throw new BadOption(
          "--stateBackend",
          given,
          "is no state backend; there are " + String.join(" and ", STATE_BACKENDS));
    }
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return EMBEDDED.contains(options.as(FlinkPipelineOptions.class).getFlinkMaster());
  }
}
