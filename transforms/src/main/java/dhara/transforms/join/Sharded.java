package dhara.transforms.join;

import dhara.events.Event;
import dhara.transforms.shards.BlockCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Puts facts and versions into blocks by shard, in one collection.
 *
 * <p>In a join by key, both go to the shard of their key. Without a key, facts are spread by their
 * ids, and each version goes to all shards.
 */
final class Sharded<F extends Event, T extends Record> {

  private final PCollection<Version<T>> reference;
  private final @Nullable SerializableFunction<F, String> key;
  private final int shards;

  Sharded(
      PCollection<Version<T>> reference,
      @Nullable SerializableFunction<F, String> key,
      int shards) {
    this.reference = reference;
    this.key = key;
    this.shards = shards;
  }

  /** The blocks of both. */
  PCollection<KV<Integer, byte[]>> blocks(PCollection<F> facts) {
    Coder<KV<Integer, byte[]>> coder =
        KvCoder.of(VarIntCoder.of(), BlockCoder.of(facts.getCoder(), reference.getCoder()));
    int of = shards;
    SerializableFunction<F, String> by = key != null ? key : Event::id;
    PCollection<KV<Integer, byte[]>> factBlocks =
        facts
            .apply(
                "BlockFacts",
                ParDo.of(
                    new BlockFn<>(
                        JoinBlocks.FACT,
                        facts.getCoder(),
                        of,
                        fact -> JoinBlocks.shard(by.apply(fact), of))))
            .setCoder(coder);
    PCollection<KV<Integer, byte[]>> versionBlocks =
        reference
            .apply(
                "BlockVersions",
                ParDo.of(
                    new BlockFn<>(
                        JoinBlocks.VERSION,
                        reference.getCoder(),
                        of,
                        key == null
                            ? version -> BlockFn.Sharding.ALL
                            : version -> JoinBlocks.shard(version.key(), of))))
            .setCoder(coder);
    return PCollectionList.of(versionBlocks).and(factBlocks).apply("Both", Flatten.pCollections());
  }
}
