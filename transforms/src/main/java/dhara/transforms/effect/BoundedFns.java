package dhara.transforms.effect;

import dhara.records.RecordOutput;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.backfill.GroupShards;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.ShardBlocks;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * The steps of a backfill, in which all revisions, and all answers of an incident, are available at
 * once. They are grouped in blocks by shards of their names, because a group, and each element of
 * it, has a cost on every engine.
 */
final class BoundedFns {

  private BoundedFns() {}

  /** Names answers. */
  @FunctionalInterface
  interface Name<A> extends Serializable {
    /**
     * Appends the name of an answer.
     *
     * @return false if the answer does not count
     */
    boolean write(A answer, RecordOutput name) throws IOException;
  }

  /** Groups answers by shards of their names. */
  static <K, V> PCollection<KV<Integer, Iterable<byte[]>>> sharded(
      String step,
      PCollection<Answer<K, V>> answers,
      AnswerCoder<K, V> coder,
      Name<Answer<K, V>> name) {
    int shards = BackfillGrouping.shards(answers.getPipeline());
    return answers
        .apply(step + "Block", ParDo.of(new BlockFn<>(coder, shards, () -> new ByName<>(name))))
        .setCoder(KvCoder.of(VarIntCoder.of(), BlockCoder.of(ByteArrayCoder.of(), coder)))
        .apply(step, GroupShards.create());
  }

  private static final class ByName<A> implements BlockFn.Placer<A> {

    private final Name<A> names;
    private final RecordOutput name = new RecordOutput(64);

    ByName(Name<A> names) {
      this.names = names;
    }

    @Override
    public void place(A answer, long atMillis, TimedBlocks<A> blocks) throws IOException {
      name.cutTo(0);
      if (names.write(answer, name)) {
        int hash = BlockReader.hash(name.bytes(), 0, name.size());
        blocks.add(
            ShardBlocks.shard(hash, blocks.shards()), name.bytes(), name.size(), atMillis, answer);
      }
    }
  }

  /** Outputs the answer of each key and window that counts, unless it is withdrawn. */
  static final class SettleFn<K, V> extends DoFn<KV<Integer, Iterable<byte[]>>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private final AnswerCoder<K, V> coder;

    SettleFn(AnswerCoder<K, V> coder) {
      this.coder = coder;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> shard, OutputReceiver<Answer<K, V>> out)
        throws IOException {
      Map<ByteBuffer, Answer<K, V>> highest = new HashMap<>();
      for (byte[] block : shard.getValue()) {
        for (BlockReader entry = new BlockReader(block); entry.next(); ) {
          highest.merge(
              ByteBuffer.wrap(block, entry.keyOffset(), entry.keyLength()),
              entry.sum(coder),
              Firing::higher);
        }
      }
      highest.values().stream().filter(answer -> !answer.isWithdrawn()).forEach(out::output);
    }
  }

  /** Outputs the answers of each incident to act on. */
  static final class FireFn<K extends Record, V>
      extends DoFn<KV<Integer, Iterable<byte[]>>, Answer<Incident<K>, V>> {

    private static final long serialVersionUID = 1L;

    private final AnswerCoder<K, V> coder;
    private final Firing<K, V> firing;

    FireFn(AnswerCoder<K, V> coder, Firing<K, V> firing) {
      this.coder = coder;
      this.firing = firing;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> shard, OutputReceiver<Answer<Incident<K>, V>> out)
        throws IOException {
      Map<String, List<Answer<K, V>>> incidents = new HashMap<>();
      for (byte[] block : shard.getValue()) {
        for (BlockReader entry = new BlockReader(block); entry.next(); ) {
          String incident =
              new String(block, entry.keyOffset(), entry.keyLength(), StandardCharsets.UTF_8);
          incidents.computeIfAbsent(incident, name -> new ArrayList<>()).add(entry.sum(coder));
        }
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
