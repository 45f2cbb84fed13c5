package dhara.benchmarks.flink;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.kafka.Answered;
import dhara.benchmarks.kafka.PlaybackTopic;
import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;

/**
 * DataStream programs that read a topic with Flink's own source, whose deserializer parses by hand,
 * and which keeps a watermark for each partition.
 */
public abstract sealed class FlinkFromKafka implements Contestant {

  /** Flink's windows with an incremental aggregate. */
  public static final class Windows extends FlinkFromKafka {
    /** Made by name. */
    public Windows() {}

    @Override
    DataStream<Sums> build(SingleOutputStreamOperator<View> views, PlaybackJob job) {
      return views
          .keyBy(view -> view.key)
          .window(FlinkProgram.windows(job))
          .aggregate(new FlinkProgram.AddViews(), new FlinkProgram.Name());
    }
  }

  /** The same, with events added up before the shuffle: what Dhara does, without Beam. */
  public static final class PreAggregated extends FlinkFromKafka {
    /** Made by name. */
    public PreAggregated() {}

    @Override
    DataStream<Sums> build(SingleOutputStreamOperator<View> views, PlaybackJob job) {
      return views
          .transform(
              "add up",
              TypeInformation.of(Sums.class),
              new FlinkPreAggregated.AddUp(job.width().toMillis()))
          .keyBy(sums -> sums.key)
          .window(FlinkProgram.windows(job))
          .aggregate(new FlinkProgram.AddSums(), new FlinkProgram.Name());
    }
  }

  private FlinkFromKafka() {}

  abstract DataStream<Sums> build(SingleOutputStreamOperator<View> views, PlaybackJob job);

  @Override
  public final Outcome run(Task task) throws Exception {
    PlaybackJob job = PlaybackJob.of(task);
    Path folder = Files.createTempDirectory("dhara-benchmark-checkpoints-");
    try {
      StreamExecutionEnvironment environment = FlinkProgram.environment(job, folder);
      environment.getConfig().enableObjectReuse();
      build(views(environment, task), job).addSink(new Count()).name("count");
      Answered.start(job);
      JobClient client = environment.executeAsync();
      try {
        return Answered.await(() -> runs(client));
      } finally {
        client.cancel().get();
      }
    } finally {
      Folders.delete(folder);
    }
  }

  private static boolean runs(JobClient client) {
    try {
      return !client.getJobStatus().get().isTerminalState();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the job is gone", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static SingleOutputStreamOperator<View> views(
      StreamExecutionEnvironment environment, Task task) {
    KafkaSource<View> source =
        KafkaSource.<View>builder()
            .setBootstrapServers(task.text(PlaybackTopic.BROKER))
            .setTopics(PlaybackTopic.TOPIC)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new Views())
            .setProperty("max.poll.records", "5000")
            .setProperty("receive.buffer.bytes", Integer.toString(512 * 1024))
            .build();
    return environment.fromSource(
        source,
        WatermarkStrategy.<View>forBoundedOutOfOrderness(
                Duration.ofMillis(PlaybackLines.DISORDER_MILLIS))
            .withTimestampAssigner((view, before) -> view.at),
        "views");
  }

  /** Parses. One view is reused, because the parsing task also runs the next operator. */
  private static final class Views implements DeserializationSchema<View> {

    private static final long serialVersionUID = 1L;

    private transient ViewParser parser;
    private transient View view;

    @Override
    public void open(InitializationContext context) {
      parser = new ViewParser("title");
      view = new View();
    }

    @Override
    public View deserialize(byte[] line) throws IOException {
      return parser.parse(line, line.length, view);
    }

    @Override
    public boolean isEndOfStream(View view) {
      return false;
    }

    @Override
    public TypeInformation<View> getProducedType() {
      return TypeInformation.of(View.class);
    }
  }

  /** The end of the job. */
  private static final class Count implements SinkFunction<Sums> {

    private static final long serialVersionUID = 1L;

    @Override
    public void invoke(Sums s, Context context) {
      Answered.add(s.key, s.start, s.events, s.sum, s.min, s.max, s.errors);
    }
  }
}
