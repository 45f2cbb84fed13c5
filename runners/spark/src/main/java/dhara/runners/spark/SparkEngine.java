package dhara.runners.spark;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.lint.Feature;
import dhara.lint.Unsupported;
import java.util.List;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Spark, for backfills: embedded in this process, or a cluster with {@code
 * --sparkMaster=spark://HOST:PORT}.
 */
@AutoService(Engine.class)
public final class SparkEngine implements Engine {

  private static final String ALL_CORES = "local[*]";

  /** Beam's own storage level. */
  private static final String IN_MEMORY = "MEMORY_ONLY";

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return SparkRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of(
        new Default(
            "sparkMaster",
            ALL_CORES,
            "embedded in this process, one worker per core; Beam's own default is four"));
  }

  @Override
  public List<Default> backfillDefaults() {
    return List.of(
        new Default(
            "backfillWatermark",
            "false",
            "Spark's batches have no watermark, and only groups with the default timestamp need not "
                + "fit into memory"),
        new Default(
            "preferGroupByKeyToHandleHugeValues",
            "true",
            "otherwise Spark holds each group in memory; Dhara's steps read a group once"),
        new Default(
            "storageLevel",
            "DISK_ONLY",
            "what several steps read; Beam's default, MEMORY_ONLY, makes what does not fit into"
                + " memory again for each of them"),
        new Default(
            "backfillShards",
            "256",
            "a group costs little, and the sums of a small one stay in the processor's cache"));
  }

  /**
   * In backfills, the features that Beam's translation to Spark batches lacks; streams are
   * unsupported altogether.
   */
  @Override
  public List<Unsupported> unsupported() {
    return List.of(
        Unsupported.inStreams(
            Feature.UNBOUNDED_INPUT,
            "its watermark follows the fastest partition of a source, and events of the others"
                + " would be late"),
        Unsupported.inStreams(
            Feature.UNBOUNDED_SPLITTABLE_DOFN, "none can be read: only an UnboundedSource can"),
        Unsupported.anywhere(
            Feature.ON_WINDOW_EXPIRATION, "such a DoFn is refused when the job is translated"),
        Unsupported.inStreams(
            Feature.MULTIMAP_STATE, "streams keep no such state: the run would fail"),
        Unsupported.inStreams(
            Feature.ORDERED_LIST_STATE, "streams keep no such state: the run would fail"),
        Unsupported.anywhere(
            Feature.TIMER_FAMILY,
            "a DoFn that keeps nothing else is given no timers: the run would fail"),
        Unsupported.inBackfills(
            Feature.SESSIONS,
            "answers of some keys were lost where no shuffle stood before the grouping (Beam 2.70)"),
        Unsupported.inBackfills(Feature.TEST_STREAM, "batches know no TestStream"));
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return options.as(SparkPipelineOptions.class).getSparkMaster().startsWith("local");
  }

  /**
   * Keeps a pipeline in memory alone that has outputs which nothing reads, see {@link
   * UnreadOutputs}; and counts the workers of {@code local[*]}. Beam knows of {@code local[2]} that
   * it has the classes of this process; for {@code local[*]} it packs the class path, and Spark
   * copies each jar of it, which takes seconds in each run.
   */
  @Override
  public EngineRun prepare(Launch launch) {
    SparkPipelineOptions options = launch.options().as(SparkPipelineOptions.class);
    if (options.getSparkMaster().equals(ALL_CORES)) {
      options.setSparkMaster("local[" + Runtime.getRuntime().availableProcessors() + "]");
    }
    List<String> unread = UnreadOutputs.of(launch.pipeline());
    if (!unread.isEmpty() && !options.getStorageLevel().equals(IN_MEMORY)) {
      launch.tell(
          "what several steps read, and does not fit into memory, is made again for each of them,"
              + " because nothing reads "
              + String.join(", ", unread));
      options.setStorageLevel(IN_MEMORY);
    }
    return EngineRun.UNATTENDED;
  }
}
