package dhara.transforms.overload;

import dhara.records.RecordOutput;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.load.LoadLevel;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
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
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Lets effects wait while the worker is loaded, so that it is not also busy with the systems that
 * they call.
 *
 * <p>Data: the answers that an effect acts on → the same answers. Time: those that wait are passed
 * on when the level is below {@link LoadLevel#ESSENTIAL} again, which is asked every second of the
 * wall clock, and when the first of their shard has waited for the given time at the latest. State:
 * those that wait, in one of 32 shards of the keys, and since when. Late: none; nothing is dropped.
 * What is an incident was decided before, in event time, so waiting changes neither which effects
 * there are nor what they say.
 *
 * <pre>{@code
 * incidents.apply("alerts.Delay", DelayEffects.atMost(Duration.ofMinutes(10), terms))
 * }</pre>
 */
public final class DelayEffects<K, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private static final int SHARDS = 32;

  private final Duration most;
  private final LoadTerms terms;

  private DelayEffects(Duration most, LoadTerms terms) {
    this.most = most;
    this.terms = terms;
  }

  /**
   * Lets effects wait.
   *
   * @param most how long, wall clock
   * @param terms of the run
   */
  public static <K, V> DelayEffects<K, V> atMost(Duration most, LoadTerms terms) {
    return new DelayEffects<>(most, terms);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, V>> effects) {
    if (!(effects.getCoder() instanceof AnswerCoder<?, ?> coder)) {
      throw new IllegalArgumentException(
          "effects are coded by an AnswerCoder, not by " + effects.getCoder());
    }
    return effects
        .apply("Global", InGlobalWindow.into())
        .apply("Shard", ParDo.of(new ShardFn<>((Coder<K>) coder.keyCoder())))
        .setCoder(KvCoder.of(VarIntCoder.of(), effects.getCoder()))
        .apply("Wait", ParDo.of(new WaitFn<>(effects.getCoder(), most.toMillis(), terms)))
        .setCoder(effects.getCoder());
  }

  static final class ShardFn<K, V> extends DoFn<Answer<K, V>, KV<Integer, Answer<K, V>>> {

    private static final long serialVersionUID = 1L;

    private final Coder<K> keys;
    private transient RecordOutput key;

    ShardFn(Coder<K> keys) {
      this.keys = keys;
    }

    @Setup
    public void setUp() {
      key = new RecordOutput(64);
    }

    @ProcessElement
    public void process(@Element Answer<K, V> effect, OutputReceiver<KV<Integer, Answer<K, V>>> out)
        throws IOException {
      key.cutTo(0);
      keys.encode(effect.key(), key);
      int hash = BlockReader.hash(key.bytes(), 0, key.size());
      out.output(KV.of(Math.floorMod(hash, SHARDS), effect));
    }
  }

  static final class WaitFn<K, V> extends DoFn<KV<Integer, Answer<K, V>>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private static final org.joda.time.Duration ASKED_EVERY =
        org.joda.time.Duration.standardSeconds(1);

    @StateId("waiting")
    private final StateSpec<BagState<Answer<K, V>>> waitingSpec;

    /** When the first of them came, in epoch milliseconds of the wall clock. */
    @StateId("since")
    private final StateSpec<ValueState<Long>> sinceSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("again")
    private final TimerSpec againSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    private final long mostMillis;
    private final LoadTerms terms;
    private transient WorkerLoad load;

    WaitFn(Coder<Answer<K, V>> effects, long mostMillis, LoadTerms terms) {
      this.waitingSpec = StateSpecs.bag(effects);
      this.mostMillis = mostMillis;
      this.terms = terms;
    }

    @Setup
    public void setUp() {
      load = WorkerLoad.of(terms);
    }

    private boolean loaded() {
      return load.level().atLeast(LoadLevel.ESSENTIAL);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Answer<K, V>> effect,
        @StateId("waiting") BagState<Answer<K, V>> waiting,
        @StateId("since") ValueState<Long> since,
        @TimerId("again") Timer again,
        OutputReceiver<Answer<K, V>> out) {
      if (since.read() == null) {
        if (!loaded()) {
          out.output(effect.getValue());
          return;
        }
        since.write(again.getCurrentRelativeTime().getMillis());
        again.offset(ASKED_EVERY).setRelative();
      }
      waiting.add(effect.getValue());
    }

    @OnTimer("again")
    public void again(
        @StateId("waiting") BagState<Answer<K, V>> waiting,
        @StateId("since") ValueState<Long> since,
        @TimerId("again") Timer again,
        OutputReceiver<Answer<K, V>> out) {
      Long first = since.read();
      if (first == null) {
        return; // all have been passed on
      }
      if (loaded() && again.getCurrentRelativeTime().getMillis() - first < mostMillis) {
        again.offset(ASKED_EVERY).setRelative();
        return;
      }
      waiting.read().forEach(out::output);
      waiting.clear();
      since.clear();
    }
  }
}
