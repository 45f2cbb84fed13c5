package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.function.IntFunction;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Runs a {@link Fold} over the events of each key in the order of (event time, id), whatever the
 * order of their arrival.
 *
 * <p>Data: events in the global window, each once → the outputs of the fold. Time: an output has
 * the time of its event or wake-up. In a stream an event is applied when the watermark has passed
 * its time by the lateness, so no earlier event can come any more; until then it holds the
 * watermark. State: per shard (a fraction of the keys) a bag of the waiting events, a bag of
 * wake-ups, and for each key a map entry with what the fold remembers, until the watermark has
 * passed the key's last event by its {@link Fold#keep} and at most an eighth more. Late: the source
 * has already separated events beyond the lateness, if it is told {@link #windows}. If such an
 * event comes anyway, it is dropped and counted in {@code droppedDueToLateness}, as engines do.
 *
 * <pre>{@code
 * InOrder<Command, Stock, Level, Change> fold =
 *     InOrder.perKey(Stock.class, (Command c) -> new Stock(c.warehouse(), c.product()))
 *         .fold(new Inventory(Duration.ofDays(30)), Level.class, Change.class)
 *         .withLateness(Duration.ofMinutes(1));
 * flow.events(COMMANDS, fold.windows()).apply("Apply", fold);
 * }</pre>
 *
 * <p>The end of the input is the end of time: all wake-ups are called, and silence until then is
 * silence. {@link #answers} makes answers of the outputs, which can also be given provisionally.
 * {@link InOrderOfTwo} follows two inputs in one order.
 *
 * <p><b>Designs.</b> Beam's {@code @RequiresTimeSortedInput} sorts each key's events, but not by
 * id, Dataflow refuses it in streams, and no engine calls timers between the sorted events of
 * bounded input, so a fold could not be told of silence. Two others are portable:
 *
 * <ol>
 *   <li>a bag of waiting events and a timer for each key. It is short, and its state is where the
 *       engine expects it. Each event costs an encoded key, an append to a cell, and a timer, and
 *       the bag of a key is read and rewritten whenever some of its events are due;
 *   <li>events travel and wait in blocks of a shard, and one timer for each shard applies all that
 *       are due. An event costs an append to a block, and a key one read and one write of its state
 *       per firing, however many of its events are due. What it needs beyond that is an index of
 *       wake-ups, since a key has no timer of its own.
 * </ol>
 *
 * <p>This is the second. The states of a shard are entries of a map and not one block, because most
 * firings touch a few of the keys only. A wake-up is in the index once per key: if it is postponed,
 * as a timeout is by each event, its entry stays and is replaced when it is reached.
 *
 * <pre>
 *   events ─▶ a block per bundle and shard ═▶ wait ─▶ those that are due, by key, in order ─▶ outputs
 * </pre>
 *
 * @param <E> the events
 * @param <K> their key
 * @param <S> what the fold remembers of a key
 * @param <O> what the fold gives out
 */
public final class InOrder<E extends Event, K, S, O>
    extends PTransform<PCollection<E>, PCollection<O>> {

  private static final long serialVersionUID = 1L;

  /** Waiting events are looked at this often while the lateness passes. */
  private static final int LOOKS = 16;

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final SerializableFunction<E, K> key;
  private final Coder<K> keys;
  private final Fold<E, S, O> fold;
  private final Coder<S> states;
  private final Coder<O> outputs;
  private final Duration lateness;
  private final @Nullable Duration grid;
  private final @Nullable Integer backfillShards;

  private InOrder(
      Keyed<E, K> keyed,
      Fold<E, S, O> fold,
      Coder<S> states,
      Coder<O> outputs,
      Duration lateness,
      @Nullable Duration grid,
      @Nullable Integer backfillShards) {
    this.key = keyed.key;
    this.keys = keyed.keys;
    this.fold = fold;
    this.states = states;
    this.outputs = outputs;
    this.lateness = lateness;
    this.grid = grid;
    this.backfillShards = backfillShards;
  }

  /**
   * The events of each key.
   *
   * @param type the record that keys are
   */
  public static <E extends Event, K extends Record> Keyed<E, K> perKey(
      Class<K> type, SerializableFunction<E, K> key) {
    return new Keyed<>(key, RecordCoder.of(type));
  }

  /** The events of each key. */
  public static <E extends Event> Keyed<E, String> perKey(SerializableFunction<E, String> key) {
    return new Keyed<>(key, StringUtf8Coder.of());
  }

  /** The events of each key. */
  static <E extends Event, K> Keyed<E, K> perKey(Coder<K> keys, SerializableFunction<E, K> key) {
    return new Keyed<>(key, keys);
  }

  /** Events whose key is known. */
  public static final class Keyed<E extends Event, K> {

    private final SerializableFunction<E, K> key;
    private final Coder<K> keys;

    private Keyed(SerializableFunction<E, K> key, Coder<K> keys) {
      this.key = key;
      this.keys = keys;
    }

    /**
     * Runs a fold over them.
     *
     * @param state what it remembers
     * @param output what it gives out
     */
    public <S extends Record, O extends Record> InOrder<E, K, S, O> fold(
        Fold<E, S, O> fold, Class<S> state, Class<O> output) {
      return fold(fold, RecordCoder.of(state), RecordCoder.of(output));
    }

    /**
     * Runs a fold over them.
     *
     * @param states codes what it remembers
     * @param outputs codes what it gives out
     */
    public <S, O> InOrder<E, K, S, O> fold(Fold<E, S, O> fold, Coder<S> states, Coder<O> outputs) {
      return new InOrder<>(this, fold, states, outputs, Duration.ZERO, null, null);
    }

    /** Puts them into windows that depend on them. */
    public <T extends Record, V extends Record>
        InOrder<E, K, EventWindows.Open<T>, EventWindows.Closed<V>> fold(
            EventWindows<E, T, V> windows) {
      return fold(windows, windows.states(), windows.outputs());
    }
  }

  /**
   * How far behind the watermark events may come: an event is applied when the watermark has passed
   * its time by this.
   */
  public InOrder<E, K, S, O> withLateness(Duration newLateness) {
    if (newLateness.isNegative()) {
      throw new IllegalArgumentException("the lateness is negative: " + newLateness);
    }
    return with(newLateness, grid, backfillShards);
  }

  /**
   * How often the waiting events of a stream are looked at, in event time; by default each second
   * or, if that is longer, each sixteenth of the lateness. A settled output comes at most this much
   * later. Each time has a cost per shard and per event that waits.
   */
  public InOrder<E, K, S, O> settlingEvery(Duration every) {
    if (every.toMillis() <= 0) {
      throw new IllegalArgumentException(
          "events settle at least a millisecond apart, not every " + every);
    }
    return with(lateness, every, backfillShards);
  }

  /**
   * With keys in this many groups in a backfill: a few for each worker, and not more.
   *
   * @param shards at least 1; by default {@link BackfillGrouping}
   */
  public InOrder<E, K, S, O> withBackfillShards(int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("there must be a shard, but there are " + shards);
    }
    return with(lateness, grid, shards);
  }

  private InOrder<E, K, S, O> with(
      Duration newLateness, @Nullable Duration newGrid, @Nullable Integer newShards) {
    return new InOrder<>(
        new Keyed<>(key, keys), fold, states, outputs, newLateness, newGrid, newShards);
  }

  /**
   * The windows that decide when an event is too late for this fold, for the source: each event is
   * in a window of its own, because it is applied once no earlier one can come. A fold may remember
   * all of the past, so a backfill of a range applies all earlier events too.
   */
  public Windows windows() {
    return windows(lateness);
  }

  /** The same for a transform that will run a fold with this lateness. */
  public static Windows windows(Duration lateness) {
    return Windows.tumbling(Duration.ofMillis(1)).withLateness(lateness).withAllHistory();
  }

  /**
   * Makes an answer of each output.
   *
   * @param about what answers are about
   * @param value what is answered
   * @param answer the answer of a key's output, with revision 0. All outputs of a fold differ in
   *     the key or window of their answer.
   */
  public <A extends Record, V extends Record> Answering<E, K, S, O, A, V> answers(
      Class<A> about, Class<V> value, SerializableBiFunction<K, O, Answer<A, V>> answer) {
    return new Answering<>(
        this,
        new Giving.AsAnswer<>(answer),
        AnswerCoder.of(RecordCoder.of(about), RecordCoder.of(value)),
        false);
  }

  @Override
  public PCollection<O> expand(PCollection<E> events) {
    return folded(events, new Giving.Plain<>(), false).setCoder(outputs);
  }

  private <OUT> PCollection<OUT> folded(
      PCollection<E> events, Giving<K, O, OUT> giving, boolean provisional) {
    InGlobalWindow.check("InOrder", events);
    return folded(
        events.getPipeline(),
        events.isBounded(),
        folding(events.getCoder(), giving),
        provisional,
        shards ->
            events.apply(
                "Block",
                ParDo.of(
                    new BlockFn<>(events.getCoder(), shards, () -> new ByKey<>(key, keys))
                        .atOnce(provisional))));
  }

  /** A fold of events with this coder. */
  <OUT> Folding<E, K, S, O, OUT> folding(Coder<E> events, Giving<K, O, OUT> giving) {
    return new Folding<>(fold, key, keys, events, states, outputs, giving, lateness);
  }

  /**
   * Folds the blocks of one or several inputs.
   *
   * @param blocks puts the events of all inputs into blocks of so many shards
   */
  <OUT> PCollection<OUT> folded(
      Pipeline pipeline,
      IsBounded bounded,
      Folding<E, K, S, O, OUT> folding,
      boolean provisional,
      IntFunction<PCollection<KV<Integer, byte[]>>> blocks) {
    if (bounded == IsBounded.BOUNDED) {
      return blocks
          .apply(backfillShards == null ? BackfillGrouping.shards(pipeline) : backfillShards)
          .setCoder(folding.shards())
          .apply("Fold", new OrderShards<>(folding));
    }
    return blocks
        .apply(OrderStream.SHARDS)
        .setCoder(folding.shards())
        .apply("Fold", ParDo.of(new OrderStream<>(folding, looking(), provisional)));
  }

  /** The coder of outputs. */
  Coder<O> outputs() {
    return outputs;
  }

  private Duration looking() {
    if (grid != null) {
      return grid;
    }
    Duration part = lateness.dividedBy(LOOKS);
    return part.compareTo(SHORTEST) > 0 ? part : SHORTEST;
  }

  /**
   * Runs a fold over the events of each key in order, and makes answers of its outputs.
   *
   * <p>Data, time and late events as in {@link InOrder}. An answer has revision 0.
   *
   * <p><b>Provisional.</b> On request, in a stream, the outputs of an event are also given at its
   * arrival, as if no earlier event were still missing: the fold continues from all events of the
   * key that have arrived and are earlier. When the event settles, an answer that turned out
   * different is replaced by revision 1, one that turned out not to exist is withdrawn, and one
   * that was not given before is given; if nothing changed, nothing is given. None of these answers
   * is marked as the first of its key and window, because a stream that failed may have given
   * others before it was restored. Outputs of wake-ups are only settled ones. State: the waiting
   * events with their outputs, and a second map entry for each key that has waiting events.
   *
   * @param <A> what answers are about
   * @param <V> what is answered
   */
  public static final class Answering<E extends Event, K, S, O, A, V>
      extends PTransform<PCollection<E>, PCollection<Answer<A, V>>> {

    private static final long serialVersionUID = 1L;

    private final InOrder<E, K, S, O> of;
    private final Giving.AsAnswer<K, O, A, V> giving;
    private final AnswerCoder<A, V> coder;
    private final boolean provisional;

    private Answering(
        InOrder<E, K, S, O> of,
        Giving.AsAnswer<K, O, A, V> giving,
        AnswerCoder<A, V> coder,
        boolean provisional) {
      this.of = of;
      this.giving = giving;
      this.coder = coder;
      this.provisional = provisional;
    }

    /**
     * Answers each event of a stream at its arrival, and again if it settles differently.
     *
     * @param wanted false to answer only what is settled
     */
    public Answering<E, K, S, O, A, V> provisionally(boolean wanted) {
      return new Answering<>(of, giving, coder, wanted);
    }

    /** The fold. */
    InOrder<E, K, S, O> fold() {
      return of;
    }

    /** Makes the answers. */
    Giving<K, O, Answer<A, V>> giving() {
      return giving;
    }

    AnswerCoder<A, V> coder() {
      return coder;
    }

    boolean isProvisional() {
      return provisional;
    }

    @Override
    public PCollection<Answer<A, V>> expand(PCollection<E> events) {
      return of.folded(events, giving, provisional).setCoder(coder);
    }
  }
}
