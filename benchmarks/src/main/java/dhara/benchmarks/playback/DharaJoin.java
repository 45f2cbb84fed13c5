package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.records.RecordCoder;
import dhara.transforms.join.IntervalJoin;
import java.io.IOException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * The reports of each user with an even bitrate, joined with those with an odd one at most a width
 * before or after them, by Dhara's {@link IntervalJoin}.
 */
public final class DharaJoin implements Contestant {

  /**
   * Two reports.
   *
   * @param kbps the even bitrate
   * @param otherKbps the odd one
   */
  record Pairing(String user, long atMillis, long otherMillis, long kbps, long otherKbps) {}

  /** Made by name. */
  public DharaJoin() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    PCollection<Reported> reports =
        pipeline
            .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
            .apply("Events", ParDo.of(new DharaUnique.EventsFn()))
            .setCoder(RecordCoder.of(Reported.class));
    PCollection<Reported> odd =
        reports.apply("Odd", Filter.by((Reported report) -> report.bitrateKbps() % 2 != 0));
    reports
        .apply("Even", Filter.by((Reported report) -> report.bitrateKbps() % 2 == 0))
        .apply(
            "Join",
            IntervalJoin.of(odd)
                .within(job.width(), job.width())
                .perKey(Reported::user, Reported::user)
                .inner(Pairing.class, DharaJoin::pairing))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  private static Pairing pairing(Reported even, Reported odd) {
    return new Pairing(
        even.user(),
        even.at().toEpochMilli(),
        odd.at().toEpochMilli(),
        even.bitrateKbps(),
        odd.bitrateKbps());
  }

  /** The end of the job: adds pairs to the checksum. */
  private static final class SettleFn extends DoFn<Pairing, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Pairing p) {
      PlaybackJob.settle(p.user, p.atMillis, 1, p.otherMillis, p.kbps, p.otherKbps, 0);
    }
  }
}
