package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.util.Collector;

/**
 * The reports of each user with an even bitrate, joined with those with an odd one, by Flink's
 * interval join. Tuned like {@link FlinkWindows}.
 */
public final class FlinkJoin extends FlinkProgram {

  /** Made by name. */
  public FlinkJoin() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    DataStream<Report> reports = FlinkUnique.reportStream(environment, job);
    return reports
        .filter(report -> report.view.bitrate % 2 == 0)
        .keyBy(report -> report.view.key)
        .intervalJoin(
            reports.filter(report -> report.view.bitrate % 2 != 0).keyBy(report -> report.view.key))
        .between(job.width().negated(), job.width())
        .process(new Pair());
  }

  private static final class Pair extends ProcessJoinFunction<Report, Report, Sums> {

    private static final long serialVersionUID = 1L;

    private transient Sums pair;

    @Override
    public void open(Configuration configuration) {
      pair = new Sums();
    }

    @Override
    public void processElement(Report even, Report odd, Context context, Collector<Sums> out) {
      pair.key = even.view.key;
      pair.start = even.view.at;
      pair.events = 1;
      pair.sum = odd.view.at;
      pair.min = even.view.bitrate;
      pair.max = odd.view.bitrate;
      out.collect(pair);
    }
  }
}
