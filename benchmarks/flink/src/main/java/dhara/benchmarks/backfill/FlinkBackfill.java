package dhara.benchmarks.backfill;

import dhara.benchmarks.backfill.OrderAnswer.OfProduct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * A DataStream program in batch mode, on an embedded Flink with a worker for each core, tuned as an
 * expert would: objects are reused, nothing goes through Kryo, and large files are read in
 * segments.
 *
 * <pre>
 *   files ─▶ lines ═▶ by id: the earliest ═▶ by country and minute ─▶ metrics
 *                                         ═▶ by country and day ─▶ totals
 *                                         ═▶ by product and quarter of an hour ═▶ the best ─▶ top
 * </pre>
 *
 * <p>In batch mode Flink sorts what is keyed, by key and time, so the first event of an id is its
 * earliest. The start of the window is a part of the key, so that only one window is in memory.
 */
public final class FlinkBackfill {

  private FlinkBackfill() {}

  /** Runs the job. */
  public static void main(String[] arguments) throws Exception {
    Backfill job = Backfill.of(arguments);
    StreamExecutionEnvironment environment = environment();
    DataStream<Bought> read =
        environment.fromSource(
            source(job),
            WatermarkStrategy.<Bought>forMonotonousTimestamps()
                .withTimestampAssigner((line, before) -> line.at),
            "lines",
            TypeInformation.of(Bought.class));
    DataStream<Bought> lines =
        job.unique() ? read.keyBy(line -> line.id).process(new Earliest()) : read;

    write(job, "metrics", byCountry(lines, Backfill.MINUTE));
    write(job, "totals", byCountry(lines, Backfill.DAY));
    write(job, "top", best(lines));
    environment.execute();
  }

  private static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    // As Beam's runner does for an embedded Flink.
    long free = EnvironmentInformation.getSizeOfFreeHeapMemoryWithDefrag();
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE,
        new MemorySize(
            (long) (free * configuration.get(TaskManagerOptions.MANAGED_MEMORY_FRACTION))));
    configuration.set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(
            Runtime.getRuntime().availableProcessors(), configuration);
    environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
    return environment;
  }

  private static FileSource<Bought> source(Backfill job) throws java.io.IOException {
    boolean compressed = job.files().stream().anyMatch(file -> file.toString().endsWith(".gz"));
    return FileSource.forRecordStreamFormat(
            new OrderFormat(job.json(), !compressed), new Path(job.events().toUri()))
        .setFileEnumerator(compressed ? NonSplittingRecursiveEnumerator::new : Segments::new)
        .build();
  }

  private static DataStream<String> byCountry(DataStream<Bought> lines, Duration width) {
    return lines
        .keyBy(
            line -> Tuple2.of(line.country, Backfill.start(line.at, width)),
            Types.TUPLE(Types.STRING, Types.LONG))
        .window(TumblingEventTimeWindows.of(width))
        .aggregate(new OrderSums.Add(), new Line(width), OrderSums.TYPE, Types.STRING);
  }

  private static DataStream<String> best(DataStream<Bought> lines) {
    return lines
        .keyBy(
            line -> Tuple2.of(line.product, Backfill.start(line.at, Backfill.QUARTER)),
            Types.TUPLE(Types.STRING, Types.LONG))
        .window(TumblingEventTimeWindows.of(Backfill.QUARTER))
        .aggregate(new OrderSums.Add(), new Enough(), OrderSums.TYPE, Selling.TYPE)
        .keyBy(product -> product.start)
        .window(TumblingEventTimeWindows.of(Backfill.QUARTER))
        .apply(new Top(), Types.STRING);
  }

  private static void write(Backfill job, String output, DataStream<String> answers) {
    answers.sinkTo(
        FileSink.forRowFormat(
                new Path(job.output(output).toUri()), new SimpleStringEncoder<String>("UTF-8"))
            .withBucketAssigner(new BasePathBucketAssigner<>())
            .build());
  }

  /** The first line of each id: they come in the order of their time. */
  private static final class Earliest extends KeyedProcessFunction<String, Bought, Bought> {

    private static final long serialVersionUID = 1L;

    private transient ValueState<Boolean> seen;

    @Override
    public void open(Configuration configuration) {
      seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.BOOLEAN));
    }

    @Override
    public void processElement(Bought line, Context context, Collector<Bought> out)
        throws Exception {
      if (seen.value() == null) {
        seen.update(true);
        line.id = "";
        out.collect(line);
      }
    }
  }

  /** The line of an answer. */
  private static final class Line
      implements WindowFunction<OrderSums, String, Tuple2<String, Long>, TimeWindow> {

    private static final long serialVersionUID = 1L;

    private final Duration width;

    Line(Duration width) {
      this.width = width;
    }

    @Override
    public void apply(
        Tuple2<String, Long> key,
        TimeWindow window,
        Iterable<OrderSums> sums,
        Collector<String> out) {
      out.collect(sums.iterator().next().answer().line(key.f0, window.getStart(), width));
    }
  }

  /** A product that has enough orders in a window. */
  private static final class Enough
      implements WindowFunction<OrderSums, Selling, Tuple2<String, Long>, TimeWindow> {

    private static final long serialVersionUID = 1L;

    @Override
    public void apply(
        Tuple2<String, Long> key,
        TimeWindow window,
        Iterable<OrderSums> sums,
        Collector<Selling> out) {
      OrderAnswer answer = sums.iterator().next().answer();
      if (answer.orders() >= Backfill.TOP_ORDERS) {
        out.collect(new Selling(window.getStart(), key.f0, answer));
      }
    }
  }

  /** The best products of a window. */
  private static final class Top implements WindowFunction<Selling, String, Long, TimeWindow> {

    private static final long serialVersionUID = 1L;

    @Override
    public void apply(
        Long start, TimeWindow window, Iterable<Selling> products, Collector<String> out) {
      List<OfProduct> all = new ArrayList<>();
      for (Selling each : products) {
        all.add(new OfProduct(each.product, each.answer()));
      }
      out.collect(OrderAnswer.top(all, start, Backfill.QUARTER));
    }
  }
}
