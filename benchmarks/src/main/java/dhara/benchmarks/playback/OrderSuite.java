package dhara.benchmarks.playback;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Suite;
import dhara.benchmarks.harness.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whole jobs that apply the events of each user in the order of event time and id. */
@AutoService(Suite.class)
public final class OrderSuite implements Suite {

  private static final Entrant FLINK_ORDER =
      new Entrant(
          "flink",
          "a DataStream program, tuned: a KeyedProcessFunction that keeps events in a map by their"
              + " time and has a timer for each time",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkOrder");
  private static final Entrant DHARA_ORDER =
      new Entrant(
          "dhara",
          "Dhara's InOrder, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaOrder.class.getName());
  private static final Entrant BEAM_ORDER =
      new Entrant(
          "beam-keyed",
          "the other design in Beam: a bag of waiting events and a timer for each key, with Dhara's"
              + " source, coders and options",
          ClassPath.FLINK,
          BeamOrder.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public OrderSuite() {}

  @Override
  public String name() {
    return "order";
  }

  @Override
  public int order() {
    return 2;
  }

  @Override
  public List<Work> works() {
    List<Work> works = new ArrayList<>();
    for (String state : List.of("heap", "rocksdb")) {
      boolean heap = state.equals("heap");
      for (long keys : List.of(1_000L, 1_000_000L)) {
        Map<String, String> parameters =
            new HashMap<>(PlaybackJob.parameters("stream", "user", keys, 5000));
        parameters.put("state", state);
        works.add(
            Work.of(
                "order-" + (keys == 1_000 ? "1k" : "1m") + (heap ? "" : "-rocksdb"),
                "A stream on Flink, two workers, whose events are applied per user in event-time"
                    + " order: %,d users, ".formatted(keys)
                    + (heap ? "state on the heap." : "state in RocksDB."),
                heap ? 3_000_000 : 1_000_000,
                parameters,
                List.of(FLINK_ORDER, DHARA_ORDER, BEAM_ORDER)));
      }
    }
    return works;
  }
}
