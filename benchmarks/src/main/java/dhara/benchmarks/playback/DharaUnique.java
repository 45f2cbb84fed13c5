package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.Views.SettleFn;
import dhara.benchmarks.playback.Views.Subject;
import dhara.benchmarks.playback.Views.Sums;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.unique.Unique;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Instant;

/** The job over events of which some come twice: each counts once, by Dhara's {@link Unique}. */
public final class DharaUnique implements Contestant {

  /** Made by name. */
  public DharaUnique() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    Windows windows = Windows.tumbling(job.width());
    Unique<Reported> unique = Unique.byId(windows.horizon());
    pipeline
        .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
        .apply("Events", ParDo.of(new EventsFn()))
        .setCoder(RecordCoder.of(Reported.class))
        .apply("Unique", unique)
        .get(unique.unique())
        .apply(
            "Sums",
            Answers.in(windows)
                .perKey(
                    Subject.class,
                    event -> new Subject(event.title()),
                    TallyFn.of(
                        Sums.ZERO,
                        event -> Sums.of(event.bitrateKbps(), event.error()),
                        Sums.class,
                        Sums::same)))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  /** Takes the events out of their chunks, each with its own time. */
  static final class EventsFn extends DoFn<List<Reported>, Reported> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element List<Reported> chunk, ProcessContext context) {
      for (Reported event : chunk) {
        context.outputWithTimestamp(event, Instant.ofEpochMilli(event.at().toEpochMilli()));
      }
    }
  }
}
