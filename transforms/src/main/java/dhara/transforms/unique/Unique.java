package dhara.transforms.unique;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Each event once: of the events with one id, the first.
 *
 * <p>Data: events in the global window → {@link #unique} events, {@link #duplicates}, and {@link
 * #counts} of both, so that nobody has to count them once more. Time: kept as stamped; in a stream
 * the first that arrives is unique, in a backfill the earliest. State: in a stream 24 bytes per id,
 * a hash of it and its time, at least until the watermark is past the event's time by the horizon,
 * in one bag for each of 256 shards; in a backfill the ids of one shard of many at a time. Late: a
 * copy that arrives after its id was forgotten is late for every window of the event, so that
 * forgetting cannot change an answer, provided that the horizon covers the widest window and the
 * allowed lateness ({@link Windows#horizon}).
 *
 * <pre>{@code
 * Unique<Trade> unique = Unique.byId(windows.horizon());
 * PCollection<Trade> trades = events.apply(unique).get(unique.unique());
 * }</pre>
 *
 * <p>Ids are compared by their {@link IdHash}, in streams and backfills alike.
 *
 * <p><b>How, in a stream.</b> A flag per id costs an engine a state cell, a timer and an encoded
 * key for each event, and a shuffle of each by itself. Here a bundle's events go on in blocks, one
 * for each shard of the ids, and a shard has one bag of hashes, a token of what is in it, and one
 * timer. So that no bag is read for each block, a worker holds a table of each shard's ids in
 * memory, another 24 to 48 bytes an id, and makes it anew from the bag where the token says that it
 * is of another state. Tables take about a quarter of the heap at most; where they would take more,
 * those that were not used for longest are made anew when they are needed, which costs time, not
 * answers.
 *
 * <pre>
 *   events ─▶ a block per bundle and shard ═▶ those whose id is not in the shard's table ─▶ unique
 * </pre>
 */
public final class Unique<T extends Event> extends PTransform<PCollection<T>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  /** In a stream: a share of them for each of many workers, and evenly. */
  private static final int STREAM_SHARDS = 256;

  /**
   * In a backfill ids are grouped by the shard they hash to: engines pay per key (the direct runner
   * a bundle for each, which took minutes for 700,000 of them), and a shard fits in memory.
   */
  private static final int BACKFILL_SHARDS = 64;

  private final Duration horizon;
  private final @Nullable Long tableBytes;
  private final IdHash.Maker hash;
  private final TupleTag<T> unique = new TupleTag<>("unique");
  private final TupleTag<T> duplicates = new TupleTag<>("duplicates");
  private final TupleTag<Counts> counts = new TupleTag<>("counts");

  private Unique(Duration horizon, @Nullable Long tableBytes, IdHash.Maker hash) {
    this.horizon = horizon;
    this.tableBytes = tableBytes;
    this.hash = hash;
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
    return new Unique<>(horizon, null, IdHash::new);
  }

  /** With so many bytes of tables for each instance of the step, not a share of the heap. */
  Unique<T> withTableBytes(long bytes) {
    return new Unique<>(horizon, bytes, hash);
  }

  /** With ids compared by another hash. */
  Unique<T> withHash(IdHash.Maker other) {
    return new Unique<>(horizon, tableBytes, other);
  }

  /** The first of each id. */
  public TupleTag<T> unique() {
    return unique;
  }

  /** All the others. */
  public TupleTag<T> duplicates() {
    return duplicates;
  }

  /** How many there were of both, in parts to be added up, at the end of time. */
  public TupleTag<Counts> counts() {
    return counts;
  }

  /**
   * How many there were in a bundle.
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
    split.get(duplicates).setCoder(coder);
    split.get(counts).setCoder(RecordCoder.of(Counts.class));
    return split;
  }

  private PCollectionTuple bounded(PCollection<T> events, Coder<T> coder) {
    return events
        .apply("KeyByShard", ParDo.of(new ShardFn<>(hash)))
        .setCoder(KvCoder.of(VarIntCoder.of(), coder))
        .apply(
            "EarliestOfShard",
            // A group gets the time of its earliest event: its events are not late behind it.
            Window.<KV<Integer, T>>configure().withTimestampCombiner(TimestampCombiner.EARLIEST))
        .apply("Shard", GroupByKey.create())
        .apply(
            "First",
            ParDo.of(new EarliestFn<>(this))
                .withOutputTags(unique, TupleTagList.of(duplicates).and(counts)));
  }

  private PCollectionTuple unbounded(PCollection<T> events, Coder<T> coder) {
    return events
        .apply("Block", ParDo.of(new BlockFn<>(coder, hash)))
        .setCoder(KvCoder.of(VarIntCoder.of(), BlockCoder.of(ByteArrayCoder.of(), coder)))
        .apply(
            "FirstOfId",
            ParDo.of(new FirstFn<>(this, coder))
                .withOutputTags(unique, TupleTagList.of(duplicates).and(counts)));
  }

  /** Keys events by the shard that their ids are in. */
  static final class ShardFn<T extends Event> extends DoFn<T, KV<Integer, T>> {

    private static final long serialVersionUID = 1L;

    private final IdHash.Maker hash;
    private transient IdHash ids;

    ShardFn(IdHash.Maker hash) {
      this.hash = hash;
    }

    @Setup
    public void setUp() {
      ids = hash.make();
    }

    @ProcessElement
    public void process(@Element T event, OutputReceiver<KV<Integer, T>> out) {
      out.output(KV.of(IdHash.shard(ids.of(event.id()), BACKFILL_SHARDS), event));
    }
  }

  /** The earliest of each id among the events of a shard. */
  static final class EarliestFn<T extends Event> extends DoFn<KV<Integer, Iterable<T>>, T> {

    private static final long serialVersionUID = 1L;

    private final TupleTag<T> duplicates;
    private final TupleTag<Counts> counts;
    private final IdHash.Maker hash;
    private transient IdHash ids;
    private transient long firsts;
    private transient long copies;

    EarliestFn(Unique<T> of) {
      this.duplicates = of.duplicates;
      this.counts = of.counts;
      this.hash = of.hash;
    }

    @Setup
    public void setUp() {
      ids = hash.make();
    }

    @StartBundle
    public void startBundle() {
      firsts = 0;
      copies = 0;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<IdHash.Hash, T> first = new HashMap<>();
      for (T event : context.element().getValue()) {
        IdHash.Hash id = ids.of(event.id());
        T other = first.putIfAbsent(id, event);
        if (other == null) {
          continue;
        }
        boolean earlier = event.at().isBefore(other.at());
        if (earlier) {
          first.put(id, event);
        }
        T duplicate = earlier ? other : event;
        copies++;
        context.outputWithTimestamp(duplicates, duplicate, timestamp(duplicate));
      }
      firsts += first.size();
      first.values().forEach(event -> context.outputWithTimestamp(event, timestamp(event)));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      context.output(
          counts,
          new Counts(firsts, copies),
          GlobalWindow.INSTANCE.maxTimestamp(),
          GlobalWindow.INSTANCE);
    }

    private static Instant timestamp(Event event) {
      return Instant.ofEpochMilli(event.at().toEpochMilli());
    }
  }

  /** Puts the events of a bundle into blocks, each with the time of its earliest event. */
  static final class BlockFn<T extends Event> extends DoFn<T, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Coder<T> coder;
    private final IdHash.Maker hash;
    private transient EventBlocks<T> blocks;

    BlockFn(Coder<T> coder, IdHash.Maker hash) {
      this.coder = coder;
      this.hash = hash;
    }

    @Setup
    public void setUp() {
      blocks = new EventBlocks<>(coder, hash.make(), STREAM_SHARDS);
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      blocks.clear();
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      blocks.add(
          context.element(),
          context.timestamp().getMillis(),
          (shard, block, earliest) ->
              context.outputWithTimestamp(KV.of(shard, block), Instant.ofEpochMilli(earliest)));
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      blocks.flush(
          (shard, block, earliest) ->
              context.output(
                  KV.of(shard, block), Instant.ofEpochMilli(earliest), GlobalWindow.INSTANCE));
    }

    /**
     * A block may have earlier events than the one that makes it large. It is not behind the
     * watermark for that: it passes no event of a bundle before the bundle ends.
     */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // nobody calls it but the engine
    public org.joda.time.Duration getAllowedTimestampSkew() {
      return org.joda.time.Duration.millis(Long.MAX_VALUE);
    }
  }

  /** Takes events out of their blocks, and tells the first of each id. */
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
      if (firsts + copies > 0) { // a bundle may be one of timers
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
