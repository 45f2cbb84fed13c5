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

/** Whole jobs that look for a pattern in the events of each user. */
@AutoService(Suite.class)
public final class PatternSuite implements Suite {

  /** What is looked for, by the parameter {@code pattern}; events are of eight kinds. */
  private static final Map<String, String> PATTERNS =
      Map.of(
          "relaxed", "one kind, later another and later a third, within two seconds",
          "greedy",
              "three or more of four kinds in a row and then one of a fifth, within two seconds",
          "absence", "one kind that is not followed by another within two seconds");

  private static final Entrant FLINK_CEP =
      new Entrant(
          "flink-cep",
          "a DataStream program with Flink's library of patterns, tuned",
          ClassPath.FLINK,
          "dhara.benchmarks.flink.FlinkPattern");
  private static final Entrant DHARA_PATTERN =
      new Entrant(
          "dhara",
          "Dhara's MatchPattern, with the options that Dhara sets",
          ClassPath.FLINK,
          DharaPattern.class.getName());

  /** Found by {@link java.util.ServiceLoader}. */
  public PatternSuite() {}

  @Override
  public String name() {
    return "pattern";
  }

  @Override
  public int order() {
    return 2;
  }

  @Override
  public List<Work> works() {
    List<Work> works = new ArrayList<>();
    for (String pattern : List.of("relaxed", "greedy", "absence")) {
      Map<String, String> parameters =
          new HashMap<>(PlaybackJob.parameters("stream", "user", 1_000, 5000));
      parameters.put("pattern", pattern);
      works.add(
          Work.of(
              "pattern-" + pattern,
              "A stream on Flink, two workers, in which a pattern is looked for in the events of"
                  + " each of 1,000 users, in event-time order: %s. State on the heap."
                      .formatted(PATTERNS.get(pattern)),
              1_000_000,
              parameters,
              List.of(FLINK_CEP, DHARA_PATTERN)));
    }
    return works;
  }
}
