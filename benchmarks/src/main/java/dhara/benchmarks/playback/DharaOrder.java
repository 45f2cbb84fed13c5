package dhara.benchmarks.playback;

import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.records.RecordCoder;
import dhara.transforms.order.InOrder;
import java.io.IOException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** The events of each user in order, by Dhara's {@link InOrder}. */
public final class DharaOrder implements Contestant {

  /** Made by name. */
  public DharaOrder() {}

  @Override
  public Outcome run(Task task) throws IOException {
    PlaybackJob job = PlaybackJob.of(task);
    return Engines.run(
        job, folder -> Engines.asDharaSets(job, folder), pipeline -> build(pipeline, job));
  }

  private static void build(Pipeline pipeline, PlaybackJob job) {
    pipeline
        .apply("Read", Read.from(new PlaybackStream<>(job, Reported.class)))
        .apply("Events", ParDo.of(new DharaUnique.EventsFn()))
        .setCoder(RecordCoder.of(Reported.class))
        .apply(
            "Order",
            InOrder.perKey(Reported::user)
                .fold(new Watching(), Watching.Watched.class, Watching.Change.class))
        .apply("Settle", ParDo.of(new SettleFn()));
  }

  /** The end of the job: adds what was given to the checksum. */
  static final class SettleFn extends DoFn<Watching.Change, Void> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Watching.Change change) {
      change.settle();
    }
  }
}
