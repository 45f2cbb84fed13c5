package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink's windows with an incremental aggregate: the program that a Flink expert writes. Tuned:
 * objects are reused; the source parses by hand, and only the fields that the job needs; views and
 * sums have hand-written serializers; one mutable object is kept for each key and window.
 */
public final class FlinkWindows extends FlinkProgram {

  /** Made by name. */
  public FlinkWindows() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return views(environment, job)
        .keyBy(view -> view.key)
        .window(windows(job))
        .aggregate(new AddViews(), new Name());
  }
}
