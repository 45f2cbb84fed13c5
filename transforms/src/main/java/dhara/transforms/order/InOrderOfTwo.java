package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.windows.InGlobalWindow;
import java.io.Serializable;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DelegateCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Runs a {@link Fold} over the events of two inputs in one order: that of time; at the same time,
 * the first input's events come first, and those of one input in the order of their ids.
 *
 * <p>Data: events of both inputs in the global window → the outputs of the fold. Time, state and
 * late events as in {@link InOrder}; an event is applied when the watermarks of both inputs have
 * passed it. The state of a key is one for both inputs. The transform is applied to the first
 * input, and the second is its argument. Each input is put into blocks of its own, so that the
 * engine sees no event that is wrapped or shuffled alone.
 *
 * <pre>{@code
 * InOrder<Either<Payment, Label>, Payer, Risk, Score> fold =
 *     InOrderOfTwo.perKey(
 *             Payer.class,
 *             (Payment payment) -> new Payer(payment.payer()),
 *             (Label label) -> new Payer(label.payer()))
 *         .fold(new Scoring(), Risk.class, Score.class)    // a Fold<Either<Payment, Label>, …>
 *         .withLateness(lateness);
 * payments.apply("Score", InOrderOfTwo.of(labels, fold));
 * }</pre>
 *
 * @param <A> the events of the first input
 * @param <B> those of the second
 * @param <OUT> what comes out
 */
public final class InOrderOfTwo<A extends Event, B extends Event, OUT>
    extends PTransform<PCollection<A>, PCollection<OUT>> {

  private static final long serialVersionUID = 1L;

  private final transient PCollection<B> second;
  private final Run<A, B, ?, ?, ?, OUT> run;

  /** A fold and what becomes of its outputs. */
  private record Run<A extends Event, B extends Event, K, S, O, OUT>(
      InOrder<Either<A, B>, K, S, O> fold,
      Giving<K, O, OUT> giving,
      boolean provisional,
      Coder<OUT> coder)
      implements Serializable {}

  private InOrderOfTwo(PCollection<B> second, Run<A, B, ?, ?, ?, OUT> run) {
    this.second = second;
    this.run = run;
  }

  /**
   * The events of each key of two inputs.
   *
   * @param type the record that keys are
   * @param first the key of an event of the first input
   * @param second the key of an event of the second input
   */
  public static <A extends Event, B extends Event, K extends Record>
      InOrder.Keyed<Either<A, B>, K> perKey(
          Class<K> type, SerializableFunction<A, K> first, SerializableFunction<B, K> second) {
    return InOrder.perKey(RecordCoder.of(type), ofEither(first, second));
  }

  /**
   * The events of each key of two inputs.
   *
   * @param first the key of an event of the first input
   * @param second the key of an event of the second input
   */
  public static <A extends Event, B extends Event> InOrder.Keyed<Either<A, B>, String> perKey(
      SerializableFunction<A, String> first, SerializableFunction<B, String> second) {
    return InOrder.perKey(StringUtf8Coder.of(), ofEither(first, second));
  }

  private static <A extends Event, B extends Event, K>
      SerializableFunction<Either<A, B>, K> ofEither(
          SerializableFunction<A, K> first, SerializableFunction<B, K> second) {
    return event ->
        event.first() == null ? second.apply(event.second()) : first.apply(event.first());
  }

  /** Runs a fold over an input and this second one. */
  public static <A extends Event, B extends Event, K, S, O> InOrderOfTwo<A, B, O> of(
      PCollection<B> second, InOrder<Either<A, B>, K, S, O> fold) {
    return new InOrderOfTwo<>(second, new Run<>(fold, new Giving.Plain<>(), false, fold.outputs()));
  }

  /** Runs a fold over an input and this second one, and makes answers of its outputs. */
  public static <A extends Event, B extends Event, K, S, O, N, V>
      InOrderOfTwo<A, B, Answer<N, V>> of(
          PCollection<B> second, InOrder.Answering<Either<A, B>, K, S, O, N, V> answers) {
    return new InOrderOfTwo<>(
        second,
        new Run<>(answers.fold(), answers.giving(), answers.isProvisional(), answers.coder()));
  }

  @Override
  public PCollection<OUT> expand(PCollection<A> first) {
    InGlobalWindow.check("InOrderOfTwo", first);
    InGlobalWindow.check("InOrderOfTwo", second);
    return expand(first, run);
  }

  private <K, S, O> PCollection<OUT> expand(PCollection<A> first, Run<A, B, K, S, O, OUT> run) {
    Coder<Either<A, B>> events = Either.coder(first.getCoder(), second.getCoder());
    Folding<Either<A, B>, K, S, O, OUT> folding = run.fold.folding(events, run.giving);
    SerializableFunction<Either<A, B>, K> key = folding.key();
    Coder<K> keys = folding.keys();
    Coder<A> firsts = DelegateCoder.of(events, Either::ofFirst, Either::first);
    Coder<B> seconds = DelegateCoder.of(events, Either::ofSecond, Either::second);
    return run.fold
        .folded(
            first.getPipeline(),
            first.isBounded().and(second.isBounded()),
            folding,
            run.provisional,
            shards -> {
              BlockFn<A> blockFirst =
                  new BlockFn<>(
                      firsts,
                      shards,
                      () -> new ByKey<>(event -> key.apply(Either.ofFirst(event)), keys));
              BlockFn<B> blockSecond =
                  new BlockFn<>(
                      seconds,
                      shards,
                      () -> new ByKey<>(event -> key.apply(Either.ofSecond(event)), keys));
              return PCollectionList.of(
                      blocks("BlockFirst", first, blockFirst.atOnce(run.provisional), folding))
                  .and(blocks("BlockSecond", second, blockSecond.atOnce(run.provisional), folding))
                  .apply("Both", Flatten.pCollections());
            })
        .setCoder(run.coder);
  }

  private static <E extends Event> PCollection<KV<Integer, byte[]>> blocks(
      String step, PCollection<E> events, BlockFn<E> block, Folding<?, ?, ?, ?, ?> folding) {
    return events.apply(step, ParDo.of(block)).setCoder(folding.shards());
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    return Map.of(new TupleTag<B>("second"), second);
  }
}
