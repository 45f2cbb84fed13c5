package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Each report of a user with an even bitrate, with the latest one before it that has an odd
 * bitrate. Flink has this join for tables only, so it is written by hand and works as that one
 * does: both sides wait in maps by their time, a user has one timer, for the earliest report that
 * waits, and the timer joins all reports that the watermark has passed and drops the versions that
 * none can need any more. Tuned like {@link FlinkWindows}.
 */
public final class FlinkAsOf extends FlinkProgram {

  /** Made by name. */
  public FlinkAsOf() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    DataStream<Report> reports = FlinkUnique.reportStream(environment, job);
    return reports
        .filter(report -> report.view.bitrate % 2 == 0)
        .keyBy(report -> report.view.key)
        .connect(
            reports.filter(report -> report.view.bitrate % 2 != 0).keyBy(report -> report.view.key))
        .process(new InForce());
  }

  private static final class InForce extends KeyedCoProcessFunction<String, Report, Report, Sums> {

    private static final long serialVersionUID = 1L;

    private transient Sums joined;

    /** The bitrates of even reports, by their time. */
    private transient MapState<Long, List<Integer>> waiting;

    /** By its time, the odd report with the greatest id. */
    private transient MapState<Long, Report> versions;

    private transient ValueState<Long> timer;

    @Override
    public void open(Configuration configuration) {
      joined = new Sums();
      waiting =
          getRuntimeContext()
              .getMapState(new MapStateDescriptor<>("waiting", Types.LONG, Types.LIST(Types.INT)));
      versions =
          getRuntimeContext()
              .getMapState(
                  new MapStateDescriptor<>(
                      "versions", Types.LONG, TypeInformation.of(Report.class)));
      timer = getRuntimeContext().getState(new ValueStateDescriptor<>("timer", Types.LONG));
    }

    @Override
    public void processElement1(Report even, Context context, Collector<Sums> out)
        throws Exception {
      long at = even.view.at;
      List<Integer> same = waiting.get(at);
      if (same == null) {
        same = new ArrayList<>(1);
      }
      same.add(even.view.bitrate);
      waiting.put(at, same);
      Long set = timer.value();
      if (set == null || at < set) {
        if (set != null) {
          context.timerService().deleteEventTimeTimer(set);
        }
        context.timerService().registerEventTimeTimer(at);
        timer.update(at);
      }
    }

    @Override
    public void processElement2(Report odd, Context context, Collector<Sums> out) throws Exception {
      Report same = versions.get(odd.view.at);
      if (same == null || same.id.compareTo(odd.id) < 0) {
        Report kept = new Report(); // the engine may fill the same object again
        kept.id = odd.id;
        kept.view.bitrate = odd.view.bitrate;
        kept.view.at = odd.view.at;
        versions.put(odd.view.at, kept);
      }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Sums> out)
        throws Exception {
      long watermark = context.timerService().currentWatermark();
      List<Long> times = new ArrayList<>();
      for (Long at : versions.keys()) {
        times.add(at);
      }
      Collections.sort(times);
      List<Long> due = new ArrayList<>();
      long next = Long.MAX_VALUE;
      for (Map.Entry<Long, List<Integer>> at : waiting.entries()) {
        if (at.getKey() > watermark) {
          next = Math.min(next, at.getKey());
          continue;
        }
        due.add(at.getKey());
        int place = Collections.binarySearch(times, at.getKey());
        int latest = place >= 0 ? place : -place - 2;
        Report odd = latest < 0 ? null : versions.get(times.get(latest));
        for (int bitrate : at.getValue()) {
          joined.key = context.getCurrentKey();
          joined.start = at.getKey();
          joined.events = 1;
          joined.sum = odd == null ? -1 : odd.view.at;
          joined.min = bitrate;
          joined.max = odd == null ? -1 : odd.view.bitrate;
          out.collect(joined);
        }
      }
      for (Long at : due) {
        waiting.remove(at);
      }
      // Of the versions that the watermark has passed, the latest may still be in force.
      for (int i = 0; i + 1 < times.size() && times.get(i + 1) <= watermark; i++) {
        versions.remove(times.get(i));
      }
      if (next == Long.MAX_VALUE) {
        timer.clear();
      } else {
        context.timerService().registerEventTimeTimer(next);
        timer.update(next);
      }
    }
  }
}
