package dhara.transforms.order;

import dhara.events.Event;
import dhara.transforms.backfill.GroupShards;
import dhara.transforms.backfill.PartedMerge;
import dhara.transforms.backfill.Room;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The folds of a backfill: events are grouped by the shard of their key, sorted per key, and folded
 * once.
 *
 * <p>Data: blocks of events → the outputs of the fold. Time: that of the event or wake-up; all
 * wake-ups are called, because nothing comes any more. State: none; the encoded events of a shard
 * in bounded memory, of which keys that do not fit are spilled. The events of a single key must
 * fit, encoded. Late: nothing is late.
 */
final class OrderShards<E extends Event, K, S, O, OUT>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<OUT>> {

  private static final long serialVersionUID = 1L;

  private final Folding<E, K, S, O, OUT> folding;

  OrderShards(Folding<E, K, S, O, OUT> folding) {
    this.folding = folding;
  }

  @Override
  public PCollection<OUT> expand(PCollection<KV<Integer, byte[]>> blocks) {
    return blocks
        .apply("Shard", GroupShards.create())
        .apply("Sort", ParDo.of(new FoldShardFn<>(folding)));
  }

  static final class FoldShardFn<E extends Event, K, S, O, OUT>
      extends EarlierOutputFn<KV<Integer, Iterable<byte[]>>, OUT> {

    private static final long serialVersionUID = 1L;

    private final Folding<E, K, S, O, OUT> folding;
    private transient Steps<E, S, O> steps;

    FoldShardFn(Folding<E, K, S, O, OUT> folding) {
      this.folding = folding;
    }

    @Setup
    public void setUp() {
      steps = folding.steps();
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<byte[]>> shard, ProcessContext context)
        throws IOException {
      TableBudget budget = TableBudget.ofProcess();
      new PartedMerge(
              () ->
                  new ShardEvents(
                      new Room(budget, Room.LEAST_BYTES),
                      (key, events) -> fold(key, events, context)),
              budget)
          .merge(shard.getValue());
    }

    private void fold(KeyTable.Entry entry, byte[] events, ProcessContext context)
        throws IOException {
      K key = folding.giving().needsKey() ? entry.key(folding.keys()) : null;
      Steps.Taker<O> taker =
          (output, at) -> output(context, folding.giving().of(key, output), millis(at));
      KeyFold<E, S, O> fold = new KeyFold<>(steps, taker);
      KeyEvents.inOrder(events, folding.events(), fold::apply);
      fold.end();
    }
  }

  /** Folds the events of a key. */
  private static final class KeyFold<E extends Event, S, O> {

    private final Steps<E, S, O> steps;
    private final Steps.Taker<O> taker;
    private @Nullable FoldProgress<S> progress;

    KeyFold(Steps<E, S, O> steps, Steps.Taker<O> taker) {
      this.steps = steps;
      this.taker = taker;
    }

    void apply(E event) {
      progress = steps.apply(progress, event, taker, taker);
    }

    void end() {
      if (progress != null) {
        progress = steps.wakeUntil(progress, java.time.Instant.MAX, taker);
      }
    }
  }

  /** The timestamp of an output. */
  static Instant millis(java.time.Instant at) {
    return Instant.ofEpochMilli(
        Math.min(at.toEpochMilli(), GlobalWindow.INSTANCE.maxTimestamp().getMillis()));
  }
}
