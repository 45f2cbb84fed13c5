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

/**
 * Whole jobs that join the events of each user: with others shortly before and after them, or with
 * what was in force when they happened.
 */
@AutoService(Suite.class)
public final class JoinSuite implements Suite {

  private static final Entrant FLINK_JOIN =
      new Entrant(
          "flink",
          "a DataStream program, tuned: KeyedStream.intervalJoin",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkJoin");
  private static final Entrant DHARA_JOIN =
      new Entrant(
          "dhara",
          "Dhara's IntervalJoin, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaJoin.class.getName());

  private static final Entrant FLINK_AS_OF =
      new Entrant(
          "flink",
          "a DataStream program, tuned: a KeyedCoProcessFunction that does what Flink's temporal"
              + " join of tables does",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkAsOf");
  private static final Entrant DHARA_AS_OF =
      new Entrant(
          "dhara",
          "Dhara's AsOf, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaAsOf.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public JoinSuite() {}

  @Override
  public String name() {
    return "join";
  }

  @Override
  public int order() {
    return 2;
  }

  @Override
  public List<Work> works() {
    List<Work> works = new ArrayList<>();
    for (long keys : List.of(1_000L, 100_000L)) {
      works.add(
          work(
              "join-" + keys / 1_000 + "k",
              "%,d users".formatted(keys),
              keys,
              keys == 1_000 ? "PT1S" : "PT1M"));
    }
    for (long keys : List.of(1_000L, 100_000L)) {
      works.add(
          Work.of(
              "as-of-" + keys / 1_000 + "k",
              "A stream on Flink, two workers, in which half of a user's events are joined with the"
                  + " one of the other half that was the latest before: %,d users, state on the heap."
                      .formatted(keys),
              2_000_000,
              PlaybackJob.parameters("stream", "user", keys, 5000),
              List.of(FLINK_AS_OF, DHARA_AS_OF)));
    }
    return works;
  }

  private static Work work(String name, String users, long keys, String width) {
    Map<String, String> parameters =
        new HashMap<>(PlaybackJob.parameters("stream", "user", keys, 5000));
    parameters.put("width", width);
    parameters.put("every", width);
    return Work.of(
        name,
        "A stream on Flink, two workers, in which half of a user's events are joined with the other"
            + " half if they are within %s before or after: %s, state on the heap."
                .formatted(width.equals("PT1S") ? "a second" : "a minute", users),
        2_000_000,
        parameters,
        List.of(FLINK_JOIN, DHARA_JOIN));
  }
}
