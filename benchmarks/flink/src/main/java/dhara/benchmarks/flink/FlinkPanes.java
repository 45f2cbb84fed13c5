package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * {@link FlinkWindows} for overlapping windows, as an expert would write it: events are added up
 * once, in windows of one step, and only their sums slide.
 */
public final class FlinkPanes extends FlinkProgram {

  /** Made by name. */
  public FlinkPanes() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return views(environment, job)
        .keyBy(view -> view.key)
        .window(TumblingEventTimeWindows.of(job.every()))
        .aggregate(new AddViews(), new Name())
        .keyBy(pane -> pane.key)
        .window(windows(job))
        .aggregate(new AddSums(), new Name());
  }
}
