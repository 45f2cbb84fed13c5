package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Each event once, and then Flink's windows as in {@link FlinkWindows}: keyed by the id, a flag
 * tells whether it came before, and an event-time timer clears it once its windows are closed.
 * Tuned like that one; the flag is one byte, and is read and written once.
 */
public final class FlinkUnique extends FlinkProgram {

  /** Made by name. */
  public FlinkUnique() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return windowed(job, reports(environment, job).process(new First(job.width().toMillis())));
  }

  /** The events, parsed in the source by hand, by their ids. */
  static KeyedStream<Report, String> reports(
      StreamExecutionEnvironment environment, PlaybackJob job) {
    return reportStream(environment, job).keyBy(report -> report.id);
  }

  /** The events, parsed in the source by hand, with their ids. */
  static DataStream<Report> reportStream(StreamExecutionEnvironment environment, PlaybackJob job) {
    String key = job.byUser() ? "user" : "title";
    return environment.fromSource(
        new LineSource<>(
            job,
            () -> {
              ViewParser parser = new ViewParser(key, "session");
              Report report = new Report();
              return (line, length) -> {
                var unused = parser.parse(line, length, report.view);
                report.id = parser.lastId();
                return report;
              };
            }),
        WatermarkStrategy.<Report>forBoundedOutOfOrderness(
                Duration.ofMillis(PlaybackLines.DISORDER_MILLIS))
            .withTimestampAssigner((report, before) -> report.view.at),
        "reports",
        TypeInformation.of(Report.class));
  }

  static DataStream<Sums> windowed(PlaybackJob job, DataStream<View> views) {
    return views.keyBy(view -> view.key).window(windows(job)).aggregate(new AddViews(), new Name());
  }

  private static final class First extends KeyedProcessFunction<String, Report, View> {

    private static final long serialVersionUID = 1L;

    private final long horizonMillis;
    private transient ValueState<Boolean> seen;

    First(long horizonMillis) {
      this.horizonMillis = horizonMillis;
    }

    @Override
    public void open(Configuration configuration) {
      seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.BOOLEAN));
    }

    @Override
    public void processElement(Report report, Context context, Collector<View> out)
        throws Exception {
      if (seen.value() == null) {
        seen.update(true);
        context.timerService().registerEventTimeTimer(report.view.at + horizonMillis);
        out.collect(report.view);
      }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<View> out) {
      seen.clear();
    }
  }
}
