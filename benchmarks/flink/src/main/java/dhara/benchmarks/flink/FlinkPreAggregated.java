package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Dhara's algorithm for few keys, written for Flink alone. An operator beside the source adds
 * events up, and only its sums are shuffled into Flink's windows. It emits its sums at every
 * watermark, before every checkpoint and after 20,000 events, so a failure cannot lose any. For
 * tumbling windows.
 */
public final class FlinkPreAggregated extends FlinkProgram {

  private static final int MOST_EVENTS = 20_000;

  /** Made by name. */
  public FlinkPreAggregated() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return views(environment, job)
        .transform("add up", TypeInformation.of(Sums.class), new AddUp(job.width().toMillis()))
        .keyBy(sums -> sums.key)
        .window(windows(job))
        .aggregate(new AddSums(), new Name());
  }

  static final class AddUp extends AbstractStreamOperator<Sums>
      implements OneInputStreamOperator<View, Sums>, BoundedOneInput {

    private static final long serialVersionUID = 1L;

    private final long width;
    private transient Map<Long, Map<String, Sums>> windows;
    private transient int events;

    AddUp(long width) {
      this.width = width;
      this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void open() throws Exception {
      super.open();
      windows = new HashMap<>();
    }

    @Override
    public void processElement(StreamRecord<View> element) {
      View view = element.getValue();
      windows
          .computeIfAbsent(view.at - Math.floorMod(view.at, width), start -> new HashMap<>())
          .computeIfAbsent(view.key, key -> new Sums())
          .add(view.bitrate, view.error);
      if (++events >= MOST_EVENTS) {
        give();
      }
    }

    private void give() {
      StreamRecord<Sums> out = new StreamRecord<>(null);
      windows.forEach(
          (start, keys) ->
              keys.forEach(
                  (key, sums) -> {
                    sums.key = key;
                    output.collect(out.replace(sums, start));
                  }));
      windows.clear();
      events = 0;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
      give();
      super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpoint) {
      give();
    }

    @Override
    public void endInput() {
      give();
    }
  }
}
