package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The events of each user in order, as Flink's guides sort by timers: events wait in a map by their
 * time, each time has a timer, and the timer applies its events in the order of their ids. Tuned
 * like {@link FlinkWindows}. A user has one timer that forgets, which looks again later if there
 * were more events.
 */
public final class FlinkOrder extends FlinkProgram {

  private static final long KEEP_MILLIS = 600_000;

  /** Made by name. */
  public FlinkOrder() {}

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return FlinkUnique.reportStream(environment, job)
        .keyBy(report -> report.view.key)
        .process(new Sort());
  }

  /** Sums are used as the record of a change, and as what is remembered: start is the last time. */
  private static final class Sort extends KeyedProcessFunction<String, Report, Sums> {

    private static final long serialVersionUID = 1L;

    private transient Sums change;
    private transient MapState<Long, List<Report>> waiting;
    private transient ValueState<Sums> watched;

    @Override
    public void open(Configuration configuration) {
      change = new Sums();
      waiting =
          getRuntimeContext()
              .getMapState(
                  new MapStateDescriptor<>(
                      "waiting", Types.LONG, Types.LIST(TypeInformation.of(Report.class))));
      watched =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("watched", TypeInformation.of(Sums.class)));
    }

    @Override
    public void processElement(Report report, Context context, Collector<Sums> out)
        throws Exception {
      long at = report.view.at;
      List<Report> same = waiting.get(at);
      if (same == null) {
        same = new ArrayList<>(1);
        context.timerService().registerEventTimeTimer(at);
      }
      Report kept = new Report(); // the engine fills the same object again
      kept.id = report.id;
      kept.view.key = report.view.key;
      kept.view.bitrate = report.view.bitrate;
      kept.view.at = at;
      same.add(kept);
      waiting.put(at, same);
    }

    @Override
    public void onTimer(long at, OnTimerContext context, Collector<Sums> out) throws Exception {
      List<Report> due = waiting.get(at);
      Sums held = watched.value();
      if (due == null) {
        if (held != null && held.start + KEEP_MILLIS < at) {
          watched.clear();
        } else if (held != null) {
          context.timerService().registerEventTimeTimer(held.start + KEEP_MILLIS + 1);
        }
        return;
      }
      waiting.remove(at);
      if (held == null) {
        held = new Sums();
        held.start = at;
        held.sum = 0;
        context.timerService().registerEventTimeTimer(at + KEEP_MILLIS + 1);
      } else if (at - held.start > KEEP_MILLIS) {
        held = new Sums();
      }
      if (due.size() > 1) {
        due.sort(Comparator.comparing((Report report) -> report.id));
      }
      for (Report report : due) {
        long from = held.sum;
        held.events++;
        held.errors += report.view.bitrate < from ? 1 : 0;
        held.sum = report.view.bitrate;
        change.key = report.view.key;
        change.start = at;
        change.events = held.events;
        change.sum = held.sum - from;
        change.min = from;
        change.max = held.sum;
        change.errors = held.errors;
        out.collect(change);
      }
      held.start = at;
      watched.update(held);
    }
  }
}
