package dhara.benchmarks.flink;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The common parts of the DataStream programs. The environment has the same settings as Dhara's:
 * the number of workers, the managed memory, the state backend, the interval of a stream's
 * checkpoints, which go to files, and object reuse. A batch runs in Flink's batch mode: sorted and
 * blocking, without checkpoints.
 */
abstract class FlinkProgram implements Contestant {

  private static final long CHECKPOINT_MILLIS = 10_000;

  /** The program: from the environment to its answers. */
  abstract DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job);

  /** Takes what the task says beyond the job; by default nothing. */
  void take(Task task) {}

  /** Whether operators pass objects on without a copy; by default Flink copies them. */
  boolean reusesObjects() {
    return true;
  }

  @Override
  public final Outcome run(Task task) throws Exception {
    PlaybackJob job = PlaybackJob.of(task);
    take(task);
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    try {
      StreamExecutionEnvironment environment = environment(job, folder);
      if (reusesObjects()) {
        environment.getConfig().enableObjectReuse();
      }
      Checksum.start();
      DataStream<Sums> answers = build(environment, job);
      answers.addSink(new Settle()).name("settle");
      environment.execute();
      return Checksum.outcome(job.events());
    } finally {
      Folders.delete(folder);
    }
  }

  /** The environment; objects are copied, Flink's default. */
  static StreamExecutionEnvironment environment(PlaybackJob job, Path folder) {
    Configuration configuration = new Configuration();
    // As Beam's runner does for an embedded Flink.
    long free = EnvironmentInformation.getSizeOfFreeHeapMemoryWithDefrag();
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE,
        new MemorySize(
            (long) (free * configuration.get(TaskManagerOptions.MANAGED_MEMORY_FRACTION))));
    configuration.set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
    // Nothing falls back to Kryo unnoticed.
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    if (!job.bounded()) {
      configuration.set(StateBackendOptions.STATE_BACKEND, job.inRocksDb() ? "rocksdb" : "hashmap");
      configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
    }
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(job.parallelism(), configuration);
    if (job.bounded()) {
      environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
      return environment;
    }
    environment.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    environment.enableCheckpointing(CHECKPOINT_MILLIS);
    return environment;
  }

  /** The events, parsed in the source by hand. One view is used again and again. */
  static SingleOutputStreamOperator<View> views(
      StreamExecutionEnvironment environment, PlaybackJob job) {
    String key = job.byUser() ? "user" : "title";
    return environment.fromSource(
        new LineSource<>(
            job,
            () -> {
              ViewParser parser = new ViewParser(key);
              View view = new View();
              return (line, length) -> parser.parse(line, length, view);
            }),
        WatermarkStrategy.<View>forBoundedOutOfOrderness(
                Duration.ofMillis(PlaybackLines.DISORDER_MILLIS))
            .withTimestampAssigner((view, before) -> view.at),
        "views",
        TypeInformation.of(View.class));
  }

  /** The windows that the job asks for. */
  static WindowAssigner<Object, TimeWindow> windows(PlaybackJob job) {
    if (job.sessions()) {
      // Flink merges sessions that only touch; with a gap one millisecond shorter it agrees with
      // Beam.
      return EventTimeSessionWindows.withGap(job.width().minusMillis(1));
    }
    return job.tumbles()
        ? TumblingEventTimeWindows.of(job.width())
        : SlidingEventTimeWindows.of(job.width(), job.every());
  }

  /** Adds views up. */
  static final class AddViews implements AggregateFunction<View, Sums, Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public Sums createAccumulator() {
      return new Sums();
    }

    @Override
    public Sums add(View view, Sums sums) {
      return sums.add(view.bitrate, view.error);
    }

    @Override
    public Sums getResult(Sums sums) {
      return sums;
    }

    @Override
    public Sums merge(Sums one, Sums other) {
      return one.add(other);
    }
  }

  /** Adds partial sums up. */
  static final class AddSums implements AggregateFunction<Sums, Sums, Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public Sums createAccumulator() {
      return new Sums();
    }

    @Override
    public Sums add(Sums part, Sums sums) {
      return sums.add(part);
    }

    @Override
    public Sums getResult(Sums sums) {
      return sums;
    }

    @Override
    public Sums merge(Sums one, Sums other) {
      return one.add(other);
    }
  }

  /** Puts key and window into the answer. */
  static final class Name implements WindowFunction<Sums, Sums, String, TimeWindow> {

    private static final long serialVersionUID = 1L;

    @Override
    public void apply(String key, TimeWindow window, Iterable<Sums> sums, Collector<Sums> answers) {
      Sums answer = sums.iterator().next();
      answer.key = key;
      answer.start = window.getStart();
      answers.collect(answer);
    }
  }

  /** The end of the job: adds answers to the checksum. */
  private static final class Settle implements SinkFunction<Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public void invoke(Sums s, Context context) {
      PlaybackJob.settle(s.key, s.start, s.events, s.sum, s.min, s.max, s.errors);
    }
  }
}
