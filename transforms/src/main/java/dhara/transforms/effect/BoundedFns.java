package dhara.transforms.effect;

import dhara.transforms.aggregate.Answer;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.backfill.GroupShards;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * The steps of a backfill, in which all revisions, and all answers of an incident, are available at
 * once. They are grouped by shards of their keys, because a group has a cost on every engine.
 */
final class BoundedFns {

  private BoundedFns() {}

  /** Groups what has a key by shards of the keys. */
  static <K, V> PCollection<KV<Integer, Iterable<KV<K, V>>>> sharded(
      String step, PCollection<KV<K, V>> keyed) {
    int shards = BackfillGrouping.shards(keyed.getPipeline());
    return keyed
        .apply(step + "Shard", ParDo.of(new ShardFn<>(shards)))
        .setCoder(KvCoder.of(VarIntCoder.of(), keyed.getCoder()))
        .apply(step, GroupShards.create());
  }

  /** Names the shard of a key: bytes or a text. */
  private static final class ShardFn<K, V> extends DoFn<KV<K, V>, KV<Integer, KV<K, V>>> {

    private static final long serialVersionUID = 1L;

    private final int shards;

    ShardFn(int shards) {
      this.shards = shards;
    }

    @ProcessElement
    public void process(@Element KV<K, V> keyed, OutputReceiver<KV<Integer, KV<K, V>>> out) {
      int hash =
          keyed.getKey() instanceof byte[] bytes
              ? ByteBuffer.wrap(bytes).hashCode()
              : keyed.getKey().hashCode();
      out.output(KV.of(Math.floorMod(hash, shards), keyed));
    }
  }

  /** Outputs the answer of each key and window that counts, unless it is withdrawn. */
  static final class SettleFn<K, V>
      extends DoFn<KV<Integer, Iterable<KV<byte[], Answer<K, V>>>>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<KV<byte[], Answer<K, V>>>> shard,
        OutputReceiver<Answer<K, V>> out) {
      Map<ByteBuffer, Answer<K, V>> highest = new HashMap<>();
      for (KV<byte[], Answer<K, V>> next : shard.getValue()) {
        highest.merge(ByteBuffer.wrap(next.getKey()), next.getValue(), Firing::higher);
      }
      highest.values().stream().filter(answer -> !answer.isWithdrawn()).forEach(out::output);
    }
  }

  /** Outputs the answers of each incident to act on. */
  static final class FireFn<K extends Record, V>
      extends DoFn<KV<Integer, Iterable<KV<String, Answer<K, V>>>>, Answer<Incident<K>, V>> {

    private static final long serialVersionUID = 1L;

    private final Firing<K, V> firing;

    FireFn(Firing<K, V> firing) {
      this.firing = firing;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<KV<String, Answer<K, V>>>> shard,
        OutputReceiver<Answer<Incident<K>, V>> out) {
      Map<String, List<Answer<K, V>>> incidents = new HashMap<>();
      for (KV<String, Answer<K, V>> next : shard.getValue()) {
        incidents
            .computeIfAbsent(next.getKey(), incident -> new ArrayList<>())
            .add(next.getValue());
      }
      incidents.forEach(
          (incident, answers) ->
              firing
                  .fire(Firing.NEVER, answers)
                  .acted()
                  .forEach(acted -> out.output(Firing.of(incident, acted))));
    }
  }
}
