package dhara.benchmarks.nexmark;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** A query with Dhara's transforms, as a stream on Flink. */
public final class DharaNexmark implements Contestant {

  /** Made by name. */
  public DharaNexmark() {}

  @Override
  public Outcome run(Task task) throws Exception {
    return Streams.withCheckpoints(
        checkpoints -> run(Query.named(task.text("query")), Streams.house(task), checkpoints));
  }

  private static <R extends Record> Outcome run(
      Query<R> query, AuctionHouse house, Path checkpoints) {
    Checksum.start();
    Pipeline pipeline = Pipeline.create(Streams.dhara(checkpoints));
    pipeline
        .apply("Chunks", Read.from(new AuctionSource(house)))
        .apply(query.name(), query.dhara())
        .apply("Checksum", ParDo.of(new ChecksumFn<>(query.hash())));
    PipelineResult.State state = pipeline.run().waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("the job ended as " + state);
    }
    return Checksum.outcome(house.count());
  }

  /** Adds every row to the checksum. */
  private static final class ChecksumFn<R> extends DoFn<R, Void> {

    private static final long serialVersionUID = 1L;

    private final Query.Hash<R> hash;

    ChecksumFn(Query.Hash<R> hash) {
      this.hash = hash;
    }

    @ProcessElement
    public void process(@Element R row) {
      Checksum.add(Checksum.mix(0, hash.of(row)));
    }
  }
}
