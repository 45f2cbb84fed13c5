package dhara.transforms.unique;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.backfill.GroupShards;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Passes each event once: among the events with the same id, the first.
 *
 * <p>Data: events in the global window → {@link #unique} events, {@link #duplicates}, and {@link
 * #counts} of both, so that they need not be counted again. Time: timestamps are kept. In a stream,
 * the event that arrives first is unique; in a backfill, the earliest one and, among those at the
 * same millisecond, the one whose bytes have the smallest hash. State: in a stream 24 bytes per id
 * (its hash and time), at least until the watermark has passed the event's time by the horizon, in
 * one bag for each of 256 shards; in a backfill none, but 60 to 120 bytes of memory per id, for one
 * shard at a time. Late: a copy that arrives after its id was dropped is late for every window of
 * the event, so dropping an id cannot change an answer, provided that the horizon covers the widest
 * window plus the allowed lateness ({@link Windows#horizon}).
 *
 * <pre>{@code
 * Unique<Trade> unique = Unique.byId(windows.horizon());
 * PCollection<Trade> trades = events.apply(unique).get(unique.unique());
 * }</pre>
 *
 * <p>Ids are compared by their {@link IdHash}, in streams and backfills alike.
 *
 * <p><b>How, in a stream.</b> A flag per id costs an engine a state cell, a timer, an encoded key
 * and a separate shuffle for each event. Here the events of a bundle are sent on in blocks, one for
 * each shard of the ids, and a shard has one bag of hashes, a token of its content, and one timer.
 * To avoid reading the bag for each block, a worker holds a table of each shard's ids in memory,
 * another 24 to 48 bytes per id, and rebuilds it from the bag if the token shows that it belongs to
 * another state. All tables together take at most about a quarter of the heap; a table beyond that
 * is not kept but rebuilt for each block, which costs time and changes no answer.
 *
 * <pre>
 *   events ─▶ a block per bundle and shard ═▶ those whose id is not in the shard's table ─▶ unique
 * </pre>
 */
public final class Unique<T extends Event> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  /** In a stream: enough shards to spread the ids evenly over many workers. */
  private static final int STREAM_SHARDS = 256;

  private final Duration horizon;
  private final @Nullable Long tableBytes;
  private final IdHash.Maker hash;
  private final @Nullable Integer backfillShards;
  private final boolean atOnce;
  private final boolean onlyCounting;
  private final TupleTag<T> unique = new TupleTag<>("unique");
  private final TupleTag<T> duplicates = new TupleTag<>("duplicates");
  private final TupleTag<Counts> counts = new TupleTag<>("counts");

  private Unique(
      Duration horizon,
      @Nullable Long tableBytes,
      IdHash.Maker hash,
      @Nullable Integer backfillShards,
      boolean atOnce,
      boolean onlyCounting) {
    this.horizon = horizon;
    this.tableBytes = tableBytes;
    this.hash = hash;
    this.backfillShards = backfillShards;
    this.atOnce = atOnce;
    this.onlyCounting = onlyCounting;
  }

  /**
   * Unique by {@link Event#id()}.
   *
   * @param horizon how long after its time an event can still matter
   */
  public static <T extends Event> Unique<T> byId(Duration horizon) {
    if (horizon.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "the horizon must be at least a millisecond, but is " + horizon);
    }
    return new Unique<>(horizon, null, IdHash::new, null, false, false);
  }

  /**
   * With ids in this many groups in a backfill: a few for each worker, and not more, because
   * engines have a cost per group (in the direct runner a bundle, which took minutes for 700,000).
   *
   * @param shards at least 1; by default {@link BackfillGrouping}
   */
  public Unique<T> withBackfillShards(int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("there must be a shard, but there are " + shards);
    }
    return new Unique<>(horizon, tableBytes, hash, shards, atOnce, onlyCounting);
  }

  /**
   * In a stream, passes each event on at its arrival and not in a block of its bundle.
   *
   * @param wanted false for blocks
   */
  public Unique<T> atOnce(boolean wanted) {
    return new Unique<>(horizon, tableBytes, hash, backfillShards, wanted, onlyCounting);
  }

  /**
   * In a backfill, only counts the duplicates and gives none of them: for pipelines that read none.
   * Spark cannot put an output that nothing reads on disk, nor what is beside it.
   */
  public Unique<T> countingDuplicates() {
    return new Unique<>(horizon, tableBytes, hash, backfillShards, atOnce, true);
  }

  /**
   * With this many bytes of tables for each instance of the step, instead of a share of the heap.
   */
  Unique<T> withTableBytes(long bytes) {
    return new Unique<>(horizon, bytes, hash, backfillShards, atOnce, onlyCounting);
  }

  /** With ids compared by another hash. */
  Unique<T> withHash(IdHash.Maker other) {
    return new Unique<>(horizon, tableBytes, other, backfillShards, atOnce, onlyCounting);
  }

  /** The first of each id. */
  public TupleTag<T> unique() {
    return unique;
  }

  /** All the others; in a backfill not with {@link #countingDuplicates}. */
  public TupleTag<T> duplicates() {
    return duplicates;
  }

  /** The counts of both, in parts to be added up, with the maximum timestamp. */
  public TupleTag<Counts> counts() {
    return counts;
  }

  /**
   * The counts of a bundle.
   *
   * @param unique the first of their ids
   * @param duplicates all the others
   */
  public record Counts(long unique, long duplicates) {}

  @Override
  public PCollectionTuple expand(PCollection<T> events) {
    InGlobalWindow.check("Unique", events);
    Coder<T> coder = events.getCoder();
    PCollectionTuple split =
        events.isBounded() == IsBounded.BOUNDED ? bounded(events, coder) : unbounded(events, coder);
    split.get(unique).setCoder(coder);
    if (split.has(duplicates)) {
      split.get(duplicates).setCoder(coder);
    }
    split.get(counts).setCoder(RecordCoder.of(Counts.class));
    return split;
  }

  private PCollectionTuple bounded(PCollection<T> events, Coder<T> coder) {
    int shards =
        backfillShards == null ? BackfillGrouping.shards(events.getPipeline()) : backfillShards;
    return events
        .apply("Block", ParDo.of(blocking(coder, shards)))
        .setCoder(KvCoder.of(VarIntCoder.of(), BlockCoder.of(ByteArrayCoder.of(), coder)))
        .apply("Shard", GroupShards.create())
        .apply(
            "First",
            ParDo.of(new EarliestFn<>(coder, onlyCounting ? null : duplicates, counts, tableBytes))
                .withOutputTags(
                    unique,
                    onlyCounting
                        ? TupleTagList.of(counts)
                        : TupleTagList.of(duplicates).and(counts)));
  }

  private PCollectionTuple unbounded(PCollection<T> events, Coder<T> coder) {
    return events
        .apply("Block", ParDo.of(blocking(coder, STREAM_SHARDS).atOnce(atOnce)))
        .setCoder(KvCoder.of(VarIntCoder.of(), BlockCoder.of(ByteArrayCoder.of(), coder)))
        .apply(
            "FirstOfId",
            ParDo.of(new FirstFn<>(this, coder))
                .withOutputTags(unique, TupleTagList.of(duplicates).and(counts)));
  }

  private BlockFn<T> blocking(Coder<T> coder, int shards) {
    IdHash.Maker maker = hash;
    return new BlockFn<>(coder, shards, () -> new ById<>(maker.make()));
  }

  /** Takes events out of their blocks, and separates the first of each id from the others. */
  static final class FirstFn<T extends Event> extends DoFn<KV<Integer, byte[]>, T> {

    private static final long serialVersionUID = 1L;

    private final Coder<T> coder;
    private final TupleTag<T> unique;
    private final TupleTag<T> duplicates;
    private final TupleTag<Counts> counts;
    private final long horizonMillis;
    private final @Nullable Long tableBytes;
    private transient SeenIds ids;
    private transient long firsts;
    private transient long copies;

    @StateId("seen")
    private final StateSpec<BagState<byte[]>> seenSpec = StateSpecs.bag(SeenIds.BLOCKS);

    @StateId("stage")
    private final StateSpec<ValueState<SeenIds.Stage>> stageSpec =
        StateSpecs.value(RecordCoder.of(SeenIds.Stage.class));

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    FirstFn(Unique<T> of, Coder<T> coder) {
      this.coder = coder;
      this.unique = of.unique;
      this.duplicates = of.duplicates;
      this.counts = of.counts;
      this.horizonMillis = of.horizon.toMillis();
      this.tableBytes = of.tableBytes;
    }

    @Setup
    public void setUp() {
      TableBudget budget =
          tableBytes == null ? TableBudget.ofProcess() : new TableBudget(tableBytes);
      ids = new SeenIds(horizonMillis, budget);
    }

    @StartBundle
    public void startBundle() {
      firsts = 0;
      copies = 0;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        @StateId("seen") BagState<byte[]> seen,
        @StateId("stage") ValueState<SeenIds.Stage> stage,
        @TimerId("forget") Timer forget,
        MultiOutputReceiver out)
        throws IOException {
      OutputReceiver<T> firstOnes = out.get(unique);
      OutputReceiver<T> otherOnes = out.get(duplicates);
      SeenIds.Stage now = Objects.requireNonNullElse(stage.read(), SeenIds.Stage.NEW);
      SeenIds.Stage next =
          ids.see(
              block.getKey(),
              block.getValue(),
              now,
              seen,
              (event, first) -> {
                Instant at = Instant.ofEpochMilli(event.revision());
                (first ? firstOnes : otherOnes).outputWithTimestamp(event.sum(coder), at);
                firsts += first ? 1 : 0;
                copies += first ? 0 : 1;
              });
      write(now, next, stage, forget);
    }

    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @Key Integer shard,
        @StateId("seen") BagState<byte[]> seen,
        @StateId("stage") ValueState<SeenIds.Stage> stage,
        @TimerId("forget") Timer forget)
        throws IOException {
      SeenIds.Stage now = Objects.requireNonNullElse(stage.read(), SeenIds.Stage.NEW);
      write(now, ids.forget(shard, context.fireTimestamp().getMillis(), now, seen), stage, forget);
    }

    private static void write(
        SeenIds.Stage now, SeenIds.Stage next, ValueState<SeenIds.Stage> stage, Timer forget) {
      if (!next.equals(now)) {
        stage.write(next);
      }
      if (next.timer() != now.timer() && next.timer() != SeenIds.NEVER) {
        forget.withNoOutputTimestamp().set(Instant.ofEpochMilli(next.timer()));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      if (firsts + copies > 0) { // a bundle may have only timers
        context.output(
            counts,
            new Counts(firsts, copies),
            GlobalWindow.INSTANCE.maxTimestamp(),
            GlobalWindow.INSTANCE);
      }
    }

    @Teardown
    public void close() {
      ids.close();
    }
  }
}
