package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.records.RecordCoder;
import dhara.transforms.order.pattern.AfterMatchSkip;
import dhara.transforms.order.pattern.EventCondition;
import dhara.transforms.order.pattern.Match;
import dhara.transforms.order.pattern.MatchPattern;
import dhara.transforms.order.pattern.Pattern;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** A pattern in the events of each user, by Dhara's {@link MatchPattern}. */
public final class DharaPattern implements Contestant {

  private static final Duration WITHIN = Duration.ofSeconds(2);

  /** Whose events are searched. */
  record Viewer(String user) {}

  /** A match: its first and its last event, and how many it has. */
  record Sequel(
      String user, long atMillis, long events, long lastMillis, long kbps, long lastKbps) {}

  /** Made by name. */
  public DharaPattern() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    Pattern<Reported> pattern = pattern(task.text("pattern"));
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job, pattern));
  }

  private static void build(Pipeline pipeline, PlaybackJob job, Pattern<Reported> pattern) {
    pipeline
        .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
        .apply("Events", ParDo.of(new DharaUnique.EventsFn()))
        .setCoder(RecordCoder.of(Reported.class))
        .apply(
            "Match",
            MatchPattern.of(pattern)
                .perKey(Viewer.class, report -> new Viewer(report.user()))
                .into(Sequel.class, DharaPattern::sequel))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  private static EventCondition<Reported> kind(long kind) {
    return report -> report.bitrateKbps() % 8 == kind;
  }

  private static Pattern<Reported> pattern(String name) {
    return switch (name) {
      case "relaxed" ->
          Pattern.<Reported>begin("first")
              .where(kind(0))
              .followedBy("second")
              .where(kind(1))
              .followedBy("third")
              .where(kind(2))
              .within(WITHIN);
      case "greedy" ->
          Pattern.<Reported>begin("many", AfterMatchSkip.skipPastLastEvent())
              .where(report -> report.bitrateKbps() % 8 < 4)
              .timesOrMore(3)
              .consecutive()
              .greedy()
              .next("end")
              .where(kind(4))
              .within(WITHIN);
      case "absence" ->
          Pattern.<Reported>begin("first")
              .where(kind(0))
              .notFollowedBy("second")
              .where(kind(1))
              .within(WITHIN);
      default -> throw new IllegalArgumentException("there is no pattern " + name);
    };
  }

  private static Sequel sequel(Match<Reported> match) {
    List<Reported> events = match.events();
    Reported first = events.get(0);
    Reported last = events.get(events.size() - 1);
    return new Sequel(
        first.user(),
        first.at().toEpochMilli(),
        events.size(),
        last.at().toEpochMilli(),
        first.bitrateKbps(),
        last.bitrateKbps());
  }

  /** The end of the job: adds matches to the checksum. */
  private static final class SettleFn extends DoFn<Sequel, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Sequel match) {
      PlaybackJob.settle(
          match.user,
          match.atMillis,
          match.events,
          match.lastMillis,
          match.kbps,
          match.lastKbps,
          0);
    }
  }
}
