package dhara.transforms.join;

import dhara.events.Event;
import dhara.transforms.backfill.GroupShards;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.EarlierOutputFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Instant;

/**
 * The as-of join of a backfill with a reference that is too large for each worker to hold: both are
 * grouped by the shard of their key, and a worker holds one shard at a time.
 *
 * <p>Data: facts → a record for each. Time: a fact keeps its own. State: none; the versions of a
 * shard, and its facts as bytes. Late: nothing is late.
 *
 * <p>The elements of a group come in any order, and not every engine allows reading it twice, so
 * the facts of a shard stay encoded until its last version is read.
 */
final class AsOfShards<F extends Event, T extends Record, OutT>
    extends PTransform<PCollection<F>, PCollection<OutT>> {

  private static final long serialVersionUID = 1L;

  /** Engines have a cost per group, and a shard must fit in memory. */
  static final int SHARDS = 64;

  private final transient PCollection<Version<T>> reference;
  private final SerializableFunction<F, String> key;
  private final AsOf.Join<F, T, OutT> join;
  private final int shards;

  AsOfShards(
      PCollection<Version<T>> reference,
      SerializableFunction<F, String> key,
      AsOf.Join<F, T, OutT> join,
      int shards) {
    this.reference = reference;
    this.key = key;
    this.join = join;
    this.shards = shards;
  }

  @Override
  public PCollection<OutT> expand(PCollection<F> facts) {
    return new Sharded<>(reference, key, shards, false)
        .blocks(facts)
        .apply("Shard", GroupShards.create())
        .apply("Join", ParDo.of(new JoinFn<>(facts.getCoder(), reference.getCoder(), join)));
  }

  private static final class JoinFn<F extends Event, T extends Record, OutT>
      extends EarlierOutputFn<KV<Integer, Iterable<byte[]>>, OutT> {

    private static final long serialVersionUID = 1L;

    private final Coder<F> facts;
    private final Coder<Version<T>> versions;
    private final AsOf.Join<F, T, OutT> join;

    JoinFn(Coder<F> facts, Coder<Version<T>> versions, AsOf.Join<F, T, OutT> join) {
      this.facts = facts;
      this.versions = versions;
      this.join = join;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<byte[]>> shard, ProcessContext context)
        throws IOException {
      ReferenceTable<T> reference = new ReferenceTable<>();
      List<byte[]> waiting = new ArrayList<>();
      for (byte[] block : shard.getValue()) {
        if (JoinBlocks.ofFacts(block)) {
          waiting.add(block);
        } else {
          JoinBlocks.read(block, versions, reference);
        }
      }
      for (byte[] block : waiting) {
        for (BlockReader fact = new BlockReader(block); fact.next(); ) {
          OutT joined = join.join(fact.sum(facts), reference);
          output(context, joined, Instant.ofEpochMilli(fact.revision()));
        }
      }
    }
  }
}
