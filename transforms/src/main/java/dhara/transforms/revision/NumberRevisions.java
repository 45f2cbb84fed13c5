package dhara.transforms.revision;

import dhara.records.RecordOutput;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * Numbers the answers of a run for a store in which the highest {@link Revision} of a key and
 * window counts, whichever run or worker wrote it.
 *
 * <p>Data: answers, whose revisions are counts → the same answers, whose revisions are numbers of
 * {@link Revision}. Time: answers of a stream get the maximum timestamp of their windows, in the
 * global window; those of a backfill are unchanged. State: in a stream an {@link Epoch}, one
 * number, for each of 256 shards, as long as the stream lives; in a backfill none, because it has
 * one epoch, its start. Late: nothing is dropped.
 *
 * <pre>{@code
 * answers.apply(NumberRevisions.from(Revision.at(started).number())).apply(store)
 * }</pre>
 *
 * <p>The answers of a bundle go to a shard in one list, so that state is read once per list and not
 * per answer. The answers of a key stay in order, if the engine keeps the order.
 */
public final class NumberRevisions<K, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  /** A share of the keys for each of many workers. */
  private static final int SHARDS = 256;

  private final long first;
  private final Epochs.Clock clock;
  private final boolean atOnce;

  private NumberRevisions(long first, Epochs.Clock clock, boolean atOnce) {
    this.first = first;
    this.clock = clock;
    this.atOnce = atOnce;
  }

  /**
   * The revisions of a run.
   *
   * @param first the number of the first answers of a backfill: {@link Revision#at} its start if it
   *     should replace earlier answers; ignored by a stream, which uses the clock
   */
  public static <K, V> NumberRevisions<K, V> from(long first) {
    return new NumberRevisions<>(first, System::currentTimeMillis, false);
  }

  /** The same with other clocks on the workers of a stream; for tests. */
  public NumberRevisions<K, V> withClock(Epochs.Clock newClock) {
    return new NumberRevisions<>(first, newClock, atOnce);
  }

  /**
   * In a stream, passes each answer on at once and not with those of its bundle.
   *
   * @param wanted false for lists of a bundle
   */
  public NumberRevisions<K, V> atOnce(boolean wanted) {
    return new NumberRevisions<>(first, clock, wanted);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, V>> answers) {
    if (answers.isBounded() == IsBounded.BOUNDED) {
      return answers.apply("Number", ParDo.of(new CountFn<>(first))).setCoder(answers.getCoder());
    }
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?> coder)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    return answers
        .apply("Global", InGlobalWindow.into())
        .apply(
            "Shard",
            ParDo.of(new ShardFn<>((Coder<K>) coder.keyCoder(), atOnce ? 1 : ShardFn.MOST)))
        .setCoder(KvCoder.of(VarIntCoder.of(), ListCoder.of(answers.getCoder())))
        .apply("Number", ParDo.of(new EpochFn<>(clock)))
        .setCoder(answers.getCoder());
  }

  /**
   * Counts from the first, so an answer of a backfill that is computed again has the same revision.
   */
  private static final class CountFn<K, V> extends DoFn<Answer<K, V>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private final long first;

    CountFn(long first) {
      this.first = first;
    }

    @ProcessElement
    public void process(@Element Answer<K, V> a, OutputReceiver<Answer<K, V>> out) {
      out.output(a.withRevision(first + a.revision()));
    }
  }

  /**
   * Collects the answers of a bundle by shards. A list may have answers of earlier windows than the
   * answer that makes it too long.
   */
  static final class ShardFn<K, V>
      extends EarlierOutputFn<Answer<K, V>, KV<Integer, List<Answer<K, V>>>> {

    private static final long serialVersionUID = 1L;

    /** Bounds the memory of a bundle: all of a window's answers may be in one. */
    private static final int MOST = 20_000;

    private final Coder<K> keys;
    private final int most;
    private transient RecordOutput key;
    private transient Map<Integer, List<Answer<K, V>>> shards;
    private transient int size;

    ShardFn(Coder<K> keys, int most) {
      this.keys = keys;
      this.most = most;
    }

    @Setup
    public void setUp() {
      key = new RecordOutput(64);
    }

    @StartBundle
    public void startBundle() {
      clear(); // a bundle that failed may have left something behind
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      Answer<K, V> answer = context.element();
      key.cutTo(0);
      keys.encode(answer.key(), key);
      int hash = BlockReader.hash(key.bytes(), 0, key.size());
      int shard = Math.floorMod(hash, SHARDS);
      shards.computeIfAbsent(shard, of -> new ArrayList<>()).add(answer);
      size++;
      if (size >= most) {
        shards.forEach((of, some) -> context.outputWithTimestamp(KV.of(of, some), first(some)));
        clear();
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      shards.forEach(
          (of, some) -> context.output(KV.of(of, some), first(some), GlobalWindow.INSTANCE));
      clear();
    }

    private void clear() {
      shards = new HashMap<>(); // and not cleared, because its lists were passed on
      size = 0;
    }

    private static <K, V> org.joda.time.Instant first(List<Answer<K, V>> answers) {
      long first = Long.MAX_VALUE;
      for (Answer<K, V> answer : answers) {
        first = Math.min(first, last(answer));
      }
      return org.joda.time.Instant.ofEpochMilli(first);
    }
  }

  /** Gives each answer of a list the epoch of its shard. */
  static final class EpochFn<K, V> extends DoFn<KV<Integer, List<Answer<K, V>>>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    @StateId("epoch")
    private final StateSpec<ValueState<Long>> epochSpec = Epochs.state();

    private final Epochs.Clock clock;
    private transient Epochs epochs;

    EpochFn(Epochs.Clock clock) {
      this.clock = clock;
    }

    @Setup
    public void setUp() {
      epochs = new Epochs(clock);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, List<Answer<K, V>>> shard,
        @StateId("epoch") ValueState<Long> state,
        OutputReceiver<Answer<K, V>> out) {
      long epoch = epochs.of(shard.getKey(), state);
      for (Answer<K, V> answer : shard.getValue()) {
        out.outputWithTimestamp(
            answer.withRevision(new Revision(epoch, answer.revision()).number()),
            org.joda.time.Instant.ofEpochMilli(last(answer)));
      }
    }
  }

  /**
   * The maximum timestamp of an answer's window; for a window that never ends, the overall maximum.
   */
  private static long last(Answer<?, ?> answer) {
    return Math.min(
        answer.end().toEpochMilli() - 1, GlobalWindow.INSTANCE.maxTimestamp().getMillis());
  }
}
