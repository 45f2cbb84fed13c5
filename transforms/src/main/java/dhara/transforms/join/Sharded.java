package dhara.transforms.join;

import dhara.events.Event;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockFn;
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
  private final boolean atOnce;

  Sharded(
      PCollection<Version<T>> reference,
      @Nullable SerializableFunction<F, String> key,
      int shards,
      boolean atOnce) {
    this.reference = reference;
    this.key = key;
    this.shards = shards;
    this.atOnce = atOnce;
  }

  /** The blocks of both. */
  PCollection<KV<Integer, byte[]>> blocks(PCollection<F> facts) {
    Coder<KV<Integer, byte[]>> coder =
        KvCoder.of(VarIntCoder.of(), BlockCoder.of(facts.getCoder(), reference.getCoder()));
    SerializableFunction<F, String> by = key != null ? key : Event::id;
    BlockFn.Placing<F> toFacts =
        JoinBlocks.by(JoinBlocks.FACT, (fact, of) -> JoinBlocks.shard(by.apply(fact), of));
    BlockFn.Placing<Version<T>> toVersions =
        key == null
            ? JoinBlocks.toAll(JoinBlocks.VERSION)
            : JoinBlocks.by(
                JoinBlocks.VERSION, (version, of) -> JoinBlocks.shard(version.key(), of));
    PCollection<KV<Integer, byte[]>> factBlocks =
        facts
            .apply(
                "BlockFacts",
                ParDo.of(new BlockFn<>(facts.getCoder(), shards, toFacts).atOnce(atOnce)))
            .setCoder(coder);
    PCollection<KV<Integer, byte[]>> versionBlocks =
        reference
            .apply(
                "BlockVersions", ParDo.of(new BlockFn<>(reference.getCoder(), shards, toVersions)))
            .setCoder(coder);
    return PCollectionList.of(versionBlocks).and(factBlocks).apply("Both", Flatten.pCollections());
  }
}
