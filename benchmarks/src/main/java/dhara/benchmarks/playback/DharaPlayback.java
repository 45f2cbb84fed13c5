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
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * Dhara on the engine of this class path: its shared transforms, as every analysis uses them, with
 * the options that its own command sets on this engine.
 */
public final class DharaPlayback implements Contestant {

  /** Made by name. */
  public DharaPlayback() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    PCollection<List<Played>> chunks =
        pipeline.apply(
            "Read",
            job.bounded()
                ? Read.from(new PlaybackRange(job))
                : Read.from(new PlaybackStream<>(job, Played.class)));
    chunks
        .apply("Events", ParDo.of(new EventsFn()))
        .setCoder(RecordCoder.of(Played.class))
        .apply(
            "Sums",
            Answers.in(windows(job))
                .perKey(
                    Subject.class,
                    subject(job),
                    TallyFn.of(Sums.ZERO, Sums::of, Sums.class, Sums::same)))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  /** The windows that the job asks for. */
  static Windows windows(PlaybackJob job) {
    if (job.sessions()) {
      return Windows.sessions(job.width());
    }
    return job.tumbles()
        ? Windows.tumbling(job.width())
        : Windows.sliding(job.width(), job.every());
  }

  static SerializableFunction<Played, Subject> subject(PlaybackJob job) {
    return job.byUser() ? event -> new Subject(event.user()) : event -> new Subject(event.title());
  }

  /** Takes the events out of their chunks, each with its own time. */
  static final class EventsFn extends DoFn<List<Played>, Played> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element List<Played> chunk, OutputReceiver<Played> out) {
      for (Played event : chunk) {
        out.outputWithTimestamp(event, Instant.ofEpochMilli(event.at().toEpochMilli()));
      }
    }
  }
}
