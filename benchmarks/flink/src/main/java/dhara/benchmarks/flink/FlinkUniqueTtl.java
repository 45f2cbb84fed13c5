package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import java.time.Duration;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * Like {@link FlinkUnique}, but flags expire by wall-clock time (TTL), as Flink's guides advise,
 * without timers. If events wait longer than that, for example after an outage, flags expire before
 * their copies come.
 */
public final class FlinkUniqueTtl extends FlinkProgram {

  /** Made by name. */
  public FlinkUniqueTtl() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return FlinkUnique.windowed(
        job, FlinkUnique.reports(environment, job).flatMap(new First(job.width().toMillis())));
  }

  private static final class First extends RichFlatMapFunction<Report, View> {

    private static final long serialVersionUID = 1L;

    private final long liveMillis;
    private transient ValueState<Boolean> seen;

    First(long liveMillis) {
      this.liveMillis = liveMillis;
    }

    @Override
    public void open(Configuration configuration) {
      ValueStateDescriptor<Boolean> flag = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
      flag.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofMillis(liveMillis)).build());
      seen = getRuntimeContext().getState(flag);
    }

    @Override
    public void flatMap(Report report, Collector<View> out) throws Exception {
      if (seen.value() == null) {
        seen.update(true);
        out.collect(report.view);
      }
    }
  }
}
