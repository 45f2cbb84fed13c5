package dhara.benchmarks.kafka;

import dhara.benchmarks.playback.Views.Subject;
import dhara.benchmarks.playback.Views.Sums;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * The job as an analysis of Dhara: count, sum, least and most of the bitrate, and errors, for each
 * title and window. It has the same surroundings as every analysis: dead letters, late events, the
 * ledger, answers as upserts. In addition its answers are counted in this JVM.
 */
final class PlaybackSums implements Analysis<PlaybackSums.Options> {

  /** Its options. */
  public interface Options extends DharaOptions, WindowOptions {}

  private static final Input<Viewing> VIEWINGS = new Input<>("viewings", Viewing.class);
  private static final Output<Subject, Sums> SUMS = new Output<>("sums", Subject.class, Sums.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("playback-sums", Options.class)
        .summary("how often titles are watched, and how well, per minute")
        .reads(VIEWINGS)
        .answers(SUMS)
        .scenario(Scenario.of(VIEWINGS, Viewing::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows windows = Windowing.of(options);
    PCollection<Answer<Subject, Sums>> answers =
        flow.events(VIEWINGS, windows)
            .apply(
                "Sums",
                Answers.in(windows)
                    .perKey(
                        Subject.class,
                        event -> new Subject(event.title()),
                        TallyFn.of(Sums.ZERO, PlaybackSums::sums, Sums.class, sums -> sums)));
    flow.answers(SUMS, answers);
    answers.apply("Count", ParDo.of(new CountFn()));
  }

  private static Sums sums(Viewing event) {
    long rate = event.bitrateKbps();
    return new Sums(1, rate, rate, rate, event.error() ? 1 : 0);
  }

  private static final class CountFn extends DoFn<Answer<Subject, Sums>, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Answer<Subject, Sums> answer) {
      Sums s = answer.value();
      Answered.add(
          answer.key().text(),
          answer.start().toEpochMilli(),
          s.events(),
          s.sum(),
          s.min(),
          s.max(),
          s.errors());
    }
  }
}
