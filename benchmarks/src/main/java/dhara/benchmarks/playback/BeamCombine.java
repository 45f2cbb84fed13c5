package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.Views.Subject;
import dhara.benchmarks.playback.Views.Sums;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.TallyFn;
import java.io.IOException;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;

/**
 * Beam as one who knows it would write it: Dhara's source in chunks, its coders and all its
 * options, but Beam's own {@code Combine.perKey} over single events.
 */
public final class BeamCombine implements Contestant {

  /** Made by name. */
  public BeamCombine() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    if (job.bounded()) {
      throw new IllegalArgumentException("written for streams");
    }
    return Engines.run(
        job,
        folder -> Engines.asDharaSets(job, folder),
        pipeline ->
            pipeline
                .apply("Read", Read.from(new PlaybackStream<>(job, Played.class)))
                .apply("Events", ParDo.of(new DharaPlayback.EventsFn()))
                .setCoder(RecordCoder.of(Played.class))
                .apply("Key", KeyBy.record(Subject.class, DharaPlayback.subject(job)))
                .apply("Window", DharaPlayback.windows(job).into())
                .apply(
                    "Sums", Combine.perKey(TallyFn.of(Sums.ZERO, Sums::of, Sums.class, Sums::same)))
                .apply("Settle", ParDo.of(new SettleFn())));
  }

  private static final class SettleFn extends DoFn<KV<Subject, Sums>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Subject, Sums> answer, BoundedWindow window) {
      Sums s = answer.getValue();
      PlaybackJob.settle(
          answer.getKey().text(),
          ((IntervalWindow) window).start().getMillis(),
          s.events(),
          s.sum(),
          s.min(),
          s.max(),
          s.errors());
    }
  }
}
