package dhara.benchmarks.flink;

import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.PlaybackJob;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * A pattern in the events of each user, by Flink's library of patterns. Events of one time are in
 * the order of their ids. Tuned like {@link FlinkWindows}.
 */
public final class FlinkPattern extends FlinkProgram {

  private static final Duration WITHIN = Duration.ofSeconds(2);

  private String pattern = "";

  /** Made by name. */
  public FlinkPattern() {}

  @Override
  void take(Task task) {
    pattern = task.text("pattern");
  }

  @Override
  DataStream<Sums> build(StreamExecutionEnvironment environment, PlaybackJob job) {
    return CEP.pattern(
            FlinkUnique.reportStream(environment, job).keyBy(report -> report.view.key),
            pattern(pattern),
            new ById())
        .inEventTime()
        .process(new Sequel(), TypeInformation.of(Sums.class));
  }

  private static SimpleCondition<Report> kind(int kind) {
    return SimpleCondition.of(report -> report.view.bitrate % 8 == kind);
  }

  private static Pattern<Report, ?> pattern(String name) {
    return switch (name) {
      case "relaxed" ->
          Pattern.<Report>begin("first")
              .where(kind(0))
              .followedBy("second")
              .where(kind(1))
              .followedBy("third")
              .where(kind(2))
              .within(WITHIN);
      case "greedy" ->
          Pattern.<Report>begin("many", AfterMatchSkipStrategy.skipPastLastEvent())
              .where(SimpleCondition.of(report -> report.view.bitrate % 8 < 4))
              .timesOrMore(3)
              .consecutive()
              .greedy()
              .next("end")
              .where(kind(4))
              .within(WITHIN);
      case "absence" ->
          Pattern.<Report>begin("first")
              .where(kind(0))
              .notFollowedBy("second")
              .where(kind(1))
              .within(WITHIN);
      default -> throw new IllegalArgumentException("there is no pattern " + name);
    };
  }

  /** The order of events of one time. */
  private static final class ById implements EventComparator<Report> {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Report one, Report other) {
      return one.id.compareTo(other.id);
    }
  }

  /** The first and the last event of a match, and how many it has. */
  private static final class Sequel extends PatternProcessFunction<Report, Sums> {

    private static final long serialVersionUID = 1L;

    private static final Comparator<Report> ORDER =
        Comparator.comparingLong((Report report) -> report.view.at)
            .thenComparing(report -> report.id);

    @Override
    public void processMatch(
        Map<String, List<Report>> match, Context context, Collector<Sums> out) {
      Report first = null;
      Report last = null;
      Sums sums = new Sums();
      for (List<Report> step : match.values()) {
        for (Report report : step) {
          first = first == null || ORDER.compare(report, first) < 0 ? report : first;
          last = last == null || ORDER.compare(report, last) > 0 ? report : last;
          sums.events++;
        }
      }
      if (first == null) {
        throw new IllegalStateException("a match has no event");
      }
      sums.key = first.view.key;
      sums.start = first.view.at;
      sums.sum = last.view.at;
      sums.min = first.view.bitrate;
      sums.max = last.view.bitrate;
      out.collect(sums);
    }
  }
}
