package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.records.RecordCoder;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.join.Versioned;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;

/**
 * Each report of a user with an even bitrate, with the latest one before it that has an odd
 * bitrate, by Dhara's {@link AsOf}.
 */
public final class DharaAsOf implements Contestant {

  /**
   * A report, and what was in force.
   *
   * @param kbps the even bitrate
   * @param sinceMillis since when the odd one was in force; -1 if none was
   * @param otherKbps the odd one; -1 if there was none
   */
  record InForceThen(String user, long atMillis, long kbps, long sinceMillis, long otherKbps) {}

  private static final TupleTag<Reported> EVEN = new TupleTag<>("even");
  private static final TupleTag<Reported> ODD = new TupleTag<>("odd");

  /** Made by name. */
  public DharaAsOf() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    PCollectionTuple reports =
        pipeline
            .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
            .apply(
                "Events", ParDo.of(new EvenAndOddFn()).withOutputTags(EVEN, TupleTagList.of(ODD)));
    PCollection<Version<Reported>> odd =
        reports
            .get(ODD)
            .setCoder(RecordCoder.of(Reported.class))
            .apply("Versions", Versioned.by(Reported::user));
    reports
        .get(EVEN)
        .setCoder(RecordCoder.of(Reported.class))
        .apply(
            "AsOf",
            AsOf.of(odd, Duration.ZERO)
                .keyedBy(Reported::user)
                .into(InForceThen.class, DharaAsOf::inForce))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  private static InForceThen inForce(Reported even, Optional<Reported> odd) {
    return new InForceThen(
        even.user(),
        even.at().toEpochMilli(),
        even.bitrateKbps(),
        odd.map(report -> report.at().toEpochMilli()).orElse(-1L),
        odd.map(Reported::bitrateKbps).orElse(-1L));
  }

  /** Takes the reports of chunks apart by their bitrate. */
  private static final class EvenAndOddFn extends DoFn<List<Reported>, Reported> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element List<Reported> chunk, ProcessContext context) {
      for (Reported report : chunk) {
        Instant at = Instant.ofEpochMilli(report.at().toEpochMilli());
        context.outputWithTimestamp(report.bitrateKbps() % 2 == 0 ? EVEN : ODD, report, at);
      }
    }
  }

  /** The end of the job: adds what was in force to the checksum. */
  private static final class SettleFn extends DoFn<InForceThen, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element InForceThen then) {
      PlaybackJob.settle(
          then.user, then.atMillis, 1, then.sinceMillis, then.kbps, then.otherKbps, 0);
    }
  }
}
