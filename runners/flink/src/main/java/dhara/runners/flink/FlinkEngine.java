package dhara.runners.flink;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.lint.Feature;
import dhara.lint.Unsupported;
import dhara.options.BadOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink: embedded in this process, or a cluster with {@code --flinkMaster=HOST:PORT}, or with
 * {@code --flinkMaster=[auto]} the JobManager that runs the command. Parallelism is not set: an
 * embedded Flink uses one worker per core, a cluster its own default.
 */
@AutoService(Engine.class)
public final class FlinkEngine implements Engine {

  /** The values that Beam accepts; others fail when the pipeline is translated. */
  private static final List<String> STATE_BACKENDS = List.of("filesystem", "rocksdb");

  /** Beam's value for the engine's own default. */
  private static final int ENGINES_OWN = -1;

  private static final int MOST_KEY_GROUPS = 32_768;

  private static final Set<String> EMBEDDED =
      Set.of("[local]", "[collection]", Cluster.OF_THIS_PROCESS);

  @Override
  public String name() {
    return "flink";
  }

  private static final Default BUNDLE =
      new Default(
          "maxBundleSize",
          "10000",
          "sums within a bundle save shuffling, so Flink's default of 1000 shuffles more; the "
              + "watermark does not pass an open bundle, so with larger ones answers wait");

  /** For sums, which are made in bundles. */
  private static final List<Default> IN_BUNDLES =
      List.of(
          BUNDLE,
          new Default(
              "maxBundleTimeMills",
              "100",
              "milliseconds; how long events wait in a bundle; Beam's default is a second"),
          new Default(
              "restEveryMillis",
              "1000",
              "a bundle that ends by time passes the watermark on only if the next event comes a"
                  + " moment later; without rests of the source it may wait for the next"
                  + " checkpoint"));

  /** For answers at the arrival of events. */
  private static final List<Default> AT_ONCE =
      List.of(
          new Default(
              "maxBundleSize",
              "50",
              "answers do not wait for the end of a bundle, but the watermark does"),
          new Default(
              "maxBundleTimeMills",
              "500",
              "milliseconds; bundles end by their size, which passes the watermark on at once"),
          new Default(
              "bufferTimeoutMillis",
              "0",
              "milliseconds that an output waits for others before it is sent to the next step;"
                  + " Flink's default is 100 at every step, and needs threads that look for outputs"
                  + " that have waited"));

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
            "otherwise every hop between operators encodes and decodes every element, which "
                + "halves the speed; Dhara's records are immutable"),
        new Default(
            "fasterCopy",
            "true",
            "otherwise elements that objectReuse does not cover are copied by their coder; "
                + "Dhara's records are immutable"),
        new Default(
            "metricsPort",
            MetricsOptions.OFF,
            "--metricsPort=9249-9260 shows an embedded Flink's metrics to Prometheus; a cluster has"
                + " its own configuration for that"));
  }

  @Override
  public List<Default> backfillDefaults() {
    return List.of(
        BUNDLE,
        new Default(
            "useDataStreamForBatch",
            "true",
            "steps that follow each other hand over objects; with Flink's older interface each "
                + "output of a step is encoded for each of its readers"),
        new Default(
            "backfillWatermark",
            "false",
            "nothing is late in a batch, so groups keep the default timestamp"),
        new Default(
            "backfillGroupBytes",
            "64000000",
            "each worker holds a group in memory; large inputs are divided into more groups"),
        new Default(
            "backfillShards",
            "32",
            "events of one time stay together, so sums find theirs in the processor's cache"));
  }

  @Override
  public List<Default> streamDefaults(PipelineOptions options, boolean atOnce) {
    Default checkpoints =
        new Default(
            "checkpointingInterval",
            "10000",
            "milliseconds; without checkpoints a stream that fails starts over");
    Default failing =
        new Default(
            "failOnCheckpointingErrors",
            "false",
            "a stream that cannot write a checkpoint runs on and reports it; a restart would "
                + "read the same events again without fixing it");
    Default bundles =
        new Default(
            "finishBundleBeforeCheckpointing",
            "true",
            "otherwise the output at the end of a bundle is buffered during a checkpoint until "
                + "the next event; if the stream then falls silent, its last counts are missing");
    Default metrics =
        new Default(
            "disableMetrics",
            "true",
            "Beam's metrics cost something per element and step, a sixth of a job; steps with "
                + "few elements per bundle still show theirs, such as the ledger's counts");
    Default watermarks =
        new Default(
            "autoWatermarkInterval",
            "200",
            "milliseconds; Flink's default, which Beam requires to be set");
    List<Default> all =
        new ArrayList<>(List.of(checkpoints, failing, bundles, metrics, watermarks));
    all.addAll(atOnce ? AT_ONCE : IN_BUNDLES);
    if (!embedded(options)) {
      all.add(
          new Default(
              "attachedMode",
              "false",
              "the command keeps a handle to the cluster's job, so that Ctrl-C cancels it"));
      all.add(new Default("jobCheckIntervalInSecs", "1", "how soon the end of the job is noticed"));
    }
    return all;
  }

  @Override
  public List<Unsupported> unsupported() {
    return List.of(
        Unsupported.inStreams(
            Feature.MULTIMAP_STATE, "streams keep no such state: the run would fail"),
        Unsupported.inStreams(
            Feature.KAFKA_SPLITTABLE_STREAM,
            "each poll creates a new watermark policy, which never finds a partition idle"));
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

  /**
   * A JobManager that runs this command itself, in Flink's application mode, is a cluster: {@code
   * [auto]} means it there, and elsewhere an embedded Flink.
   */
  @Override
  public boolean embedded(PipelineOptions options) {
    String master = options.as(FlinkPipelineOptions.class).getFlinkMaster();
    return EMBEDDED.contains(master) && !(master.equals(Cluster.OF_THIS_PROCESS) && inJobManager());
  }

  /** Whether a JobManager has called this process' main method, and so awaits its job. */
  private static boolean inJobManager() {
    return !(StreamExecutionEnvironment.getExecutionEnvironment()
        instanceof LocalStreamEnvironment);
  }
}
