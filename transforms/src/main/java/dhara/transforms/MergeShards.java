package dhara.transforms;

import dhara.records.RecordCoder;
import java.io.IOException;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.joda.time.Duration;

/**
 * Merges the blocks of a shard in their windows, and fires.
 *
 * <p>Data: {@code KV<shard, block>} in windows that do not merge → what a {@link ShardFiring} makes
 * of their sums. Time: of a bounded input once per shard and window; of an unbounded one at the
 * window's end, with each later block that comes within the lateness, and, if asked for, early;
 * what is given has the last moment of its window. State: per shard and window the blocks that came
 * and the sums that were given, until the window's end and lateness; of the blocks at most twice
 * what their sums take. Late: a block makes a revision of its keys; later ones the engine drops.
 */
final class MergeShards<AccT, T>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<T>> {

  private static final long serialVersionUID = 1L;

  /** Below this, to merge blocks early saves no memory worth the work. */
  static final int COMPACT_BYTES = 512 << 10;

  private final Aggregation<?, ?, AccT, ?> aggregation;
  private final ShardFiring<AccT, T> firing;
  private final Firings firings;
  private final int compactBytes;

  MergeShards(
      Aggregation<?, ?, AccT, ?> aggregation,
      ShardFiring<AccT, T> firing,
      Firings firings,
      int compactBytes) {
    this.aggregation = aggregation;
    this.firing = firing;
    this.firings = firings;
    this.compactBytes = compactBytes;
  }

  @Override
  public PCollection<T> expand(PCollection<KV<Integer, byte[]>> blocks) {
    return blocks.isBounded() == IsBounded.BOUNDED
        ? blocks
            .apply(
                "OneMoment",
                Window.<KV<Integer, byte[]>>configure()
                    .triggering(DefaultTrigger.of())
                    .accumulatingFiredPanes())
            .apply("Shard", GroupByKey.create())
            .apply("Merge", ParDo.of(new MergeFn<>(aggregation, firing)))
        : blocks.apply("Merge", ParDo.of(new FireFn<>(aggregation, firing, firings, compactBytes)));
  }

  private static final class MergeFn<AccT, T> extends DoFn<KV<Integer, Iterable<byte[]>>, T> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<?, ?, AccT, ?> aggregation;
    private final ShardFiring<AccT, T> firing;

    MergeFn(Aggregation<?, ?, AccT, ?> aggregation, ShardFiring<AccT, T> firing) {
      this.aggregation = aggregation;
      this.firing = firing;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> shard, BoundedWindow window, OutputReceiver<T> out)
        throws IOException {
      firing.fire(
          shard.getKey(), (IntervalWindow) window, aggregation.table().add(shard.getValue()), out);
    }
  }

  /**
   * Where a shard stands in a window.
   *
   * @param ended whether the watermark has passed the window's end
   * @param armed whether an early firing is to come
   * @param freshBytes size of the blocks since the last firing
   * @param freshLeast what they took when they were merged last
   * @param givenBytes size of the blocks of what was given
   * @param givenLeast what they took when they were merged last
   */
  private record Stage(
      boolean ended,
      boolean armed,
      long freshBytes,
      long freshLeast,
      long givenBytes,
      long givenLeast) {

    static final Stage NEW = new Stage(false, false, 0, 0, 0, 0);

    Stage fresh(long bytes, long least) {
      return new Stage(ended, armed, bytes, least, givenBytes, givenLeast);
    }

    Stage given(long bytes, long least) {
      return new Stage(ended, armed, freshBytes, freshLeast, bytes, least);
    }

    Stage with(boolean nowEnded, boolean nowArmed) {
      return new Stage(nowEnded, nowArmed, freshBytes, freshLeast, givenBytes, givenLeast);
    }
  }

  /**
   * The blocks since the last firing are {@code fresh}, the sums that were given {@code given}: of
   * a key that is in several of these blocks the one with the highest revision counts. A firing
   * adds the fresh sums to those given of their keys, and gives these; of the other keys nothing is
   * decoded.
   */
  private static final class FireFn<AccT, T> extends DoFn<KV<Integer, byte[]>, T> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<?, ?, AccT, ?> aggregation;
    private final ShardFiring<AccT, T> firing;
    private final Firings firings;
    private final int compactBytes;

    @StateId("fresh")
    private final StateSpec<BagState<byte[]>> freshSpec;

    @StateId("given")
    private final StateSpec<BagState<byte[]>> givenSpec;

    @StateId("stage")
    private final StateSpec<ValueState<Stage>> stageSpec =
        StateSpecs.value(RecordCoder.of(Stage.class));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    FireFn(
        Aggregation<?, ?, AccT, ?> aggregation,
        ShardFiring<AccT, T> firing,
        Firings firings,
        int compactBytes) {
      this.aggregation = aggregation;
      this.firing = firing;
      this.firings = firings;
      this.compactBytes = compactBytes;
      this.freshSpec = StateSpecs.bag(aggregation.blocks());
      this.givenSpec = StateSpecs.bag(aggregation.blocks());
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<Stage> stage,
        @TimerId("end") Timer end,
        @TimerId("early") Timer early,
        OutputReceiver<T> out)
        throws IOException {
      Stage now = stage.read();
      if (now == null) {
        now = Stage.NEW;
        end.set(window.maxTimestamp());
      }
      if (now.ended) {
        now = keepGiven(now, fresh, given);
        SumTable<AccT> late =
            aggregation.table().add(block.getValue()).revise(given.read(), firing.first());
        stage.write(give(now, late, given));
        firing.fire(block.getKey(), (IntervalWindow) window, late, out);
        return;
      }
      fresh.add(block.getValue());
      now = now.fresh(now.freshBytes + block.getValue().length, now.freshLeast);
      if (now.freshBytes >= Math.max(compactBytes, 2 * now.freshLeast)) {
        byte[] merged = aggregation.table().add(fresh.read()).toBlock();
        fresh.clear();
        fresh.add(merged);
        now = now.fresh(merged.length, merged.length);
      }
      if (firings.earlyMillis() > 0 && !now.armed) {
        early.offset(Duration.millis(firings.firstEarlyMillis(block.getKey()))).setRelative();
        now = now.with(false, true);
      }
      stage.write(now);
    }

    @OnTimer("early")
    public void early(
        @Key Integer shard,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<Stage> stage,
        @TimerId("early") Timer early,
        OutputReceiver<T> out)
        throws IOException {
      Stage now = stage.read();
      if (now == null || now.ended || !now.armed) {
        return; // the window's end was faster
      }
      if (now.freshBytes == 0) {
        stage.write(now.with(false, false));
        return;
      }
      // Set here, and not with the next block, so that a shard keeps its turn.
      early.offset(Duration.millis(firings.earlyMillis())).setRelative();
      SumTable<AccT> news = news(fresh, given);
      fresh.clear();
      stage.write(give(now.fresh(0, 0), news, given));
      firing.fire(shard, (IntervalWindow) window, news, out);
    }

    @OnTimer("end")
    public void end(
        @Key Integer shard,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<Stage> stage,
        @TimerId("early") Timer early,
        OutputReceiver<T> out)
        throws IOException {
      Stage now = stage.read();
      if (now == null || now.ended) {
        throw new IllegalStateException("shard " + shard + " ends twice in " + window);
      }
      if (now.armed) {
        early.clear();
      }
      SumTable<AccT> news = news(fresh, given);
      now = now.with(true, false);
      if (firings.latenessMillis() > 0 && news.added() >= 2 * (long) news.size()) {
        // It takes up to the lateness until the engine forgets the window: keep little.
        fresh.clear();
        now = give(now.fresh(0, 0), news, given);
      }
      stage.write(now);
      firing.fire(shard, (IntervalWindow) window, news, out);
    }

    private SumTable<AccT> news(BagState<byte[]> fresh, BagState<byte[]> given) throws IOException {
      return aggregation.table().add(fresh.read()).revise(given.read(), firing.first());
    }

    /** After the end: what was fresh then was given. Mostly nobody asks. */
    private Stage keepGiven(Stage now, BagState<byte[]> fresh, BagState<byte[]> given)
        throws IOException {
      if (now.freshBytes == 0) {
        return now;
      }
      SumTable<AccT> sums = news(fresh, given);
      fresh.clear();
      return give(now.fresh(0, 0), sums, given);
    }

    /** Keeps what is given; before it is given, for an answer may use its sum up. */
    private Stage give(Stage now, SumTable<AccT> sums, BagState<byte[]> given) throws IOException {
      byte[] block = sums.toBlock();
      given.add(block);
      long bytes = now.givenBytes + block.length;
      if (bytes < Math.max(compactBytes, 2 * now.givenLeast)) {
        return now.given(bytes, now.givenLeast);
      }
      byte[] merged = aggregation.table().replace(given.read()).toBlock();
      given.clear();
      given.add(merged);
      return now.given(merged.length, merged.length);
    }
  }
}
