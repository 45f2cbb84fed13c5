package dhara.transforms.decide;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.order.ByKey;
import dhara.transforms.order.InOrder;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.windows.InGlobalWindow;
import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Runs a {@link Decider} over the events of each key in the order of (event time, id), whatever the
 * order of their arrival.
 *
 * <p>Data: answers in the global window, whose values are the events, each key and window once or
 * in several revisions, of which the highest counts → a decision about each, as an answer of the
 * same key and window. Time: that of the event. In a stream a decision settles when the watermark
 * has passed its event by the lateness, so no earlier event can come any more; until then the event
 * holds the watermark. State: per shard (a fraction of the keys) a bag of the waiting events, and a
 * map entry for each account, until the watermark has passed what was last added to it by {@link
 * Decider#keep} and at most an eighth more. Late: the source has already separated events beyond
 * the lateness, if it is told {@link InOrder#windows(Duration)}. If such an event comes anyway, it
 * is dropped and counted in {@code droppedDueToLateness}.
 *
 * <p><b>Provisional.</b> On request, a stream also decides about each event at its arrival. It then
 * sees what settled decisions have used, and what those at arrival use that have not settled,
 * whatever their order. When the decision settles and is different, it is replaced by revision 1.
 * So a sequence of decisions at arrival does not use more than its limits, as long as those that
 * settled did not change.
 *
 * <pre>{@code
 * breaks.apply("Auction",
 *     DecideInOrder.perKey(AdBreak::market)
 *         .by(new AdAuction(floor), AdDecision.class)
 *         .withLateness(lateness)
 *         .provisionally(true))
 * }</pre>
 *
 * <p><b>Designs.</b> A {@link dhara.transforms.order.Fold} could decide as well. Its state is one
 * value per key, which is read and written for each event that is answered at arrival. A key with
 * thousands of events a second and a million users has too large a state for that. Here a decision
 * reads and writes the few accounts that it uses. And since what decisions use adds up, the state
 * at arrival is a sum: of what has settled and what is pending. It is kept in memory, and made
 * again from the waiting events after a failure.
 *
 * @param <E> the events
 * @param <O> the decisions
 */
public final class DecideInOrder<K, E extends Record & Event, O extends Record>
    extends PTransform<PCollection<Answer<K, E>>, PCollection<Answer<K, O>>> {

  private static final long serialVersionUID = 1L;

  /** Waiting events are looked at this often while the lateness passes. */
  private static final int LOOKS = 16;

  /** So that those of a key with thousands of events a second do not take long at once. */
  private static final Duration SHORTEST = Duration.ofMillis(250);

  private final SerializableFunction<E, String> key;
  private final Decider<E, O> decider;
  private final Class<O> decisions;
  private final Duration lateness;
  private final boolean provisional;

  private DecideInOrder(
      SerializableFunction<E, String> key,
      Decider<E, O> decider,
      Class<O> decisions,
      Duration lateness,
      boolean provisional) {
    this.key = key;
    this.decider = decider;
    this.decisions = decisions;
    this.lateness = lateness;
    this.provisional = provisional;
  }

  /** Decisions about the events of each key, one after the other. */
  public static <E extends Record & Event> Keyed<E> perKey(SerializableFunction<E, String> key) {
    return new Keyed<>(key);
  }

  /** Events whose key is known. */
  public static final class Keyed<E extends Record & Event> {

    private final SerializableFunction<E, String> key;

    private Keyed(SerializableFunction<E, String> key) {
      this.key = key;
    }

    /** Decides by this. */
    public <K, O extends Record> DecideInOrder<K, E, O> by(
        Decider<E, O> decider, Class<O> decisions) {
      return new DecideInOrder<>(key, decider, decisions, Duration.ZERO, false);
    }
  }

  /**
   * How far behind the watermark events may come: a decision settles when the watermark has passed
   * its event by this.
   */
  public DecideInOrder<K, E, O> withLateness(Duration newLateness) {
    if (newLateness.isNegative()) {
      throw new IllegalArgumentException("the lateness is negative: " + newLateness);
    }
    return new DecideInOrder<>(key, decider, decisions, newLateness, provisional);
  }

  /**
   * Decides about each event of a stream at its arrival, and again if that settles differently.
   *
   * @param wanted false for settled decisions only
   */
  public DecideInOrder<K, E, O> provisionally(boolean wanted) {
    return new DecideInOrder<>(key, decider, decisions, lateness, wanted);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, O>> expand(PCollection<Answer<K, E>> answers) {
    InGlobalWindow.check("DecideInOrder", answers);
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    AnswerCoder<K, E> coder = (AnswerCoder<K, E>) answers.getCoder();
    Coder<O> values = RecordCoder.of(decisions);
    Deciding<K, E, O> deciding = new Deciding<>(decider, key, coder, values, lateness, provisional);
    PCollection<Undecided<K, E>> asked =
        answers
            .apply(
                "Ask",
                MapElements.into(new TypeDescriptor<Undecided<K, E>>() {}).via(Undecided::new))
            .setCoder(deciding.undecided());
    AnswerCoder<K, O> decided = AnswerCoder.of(coder.keyCoder(), values);
    return (answers.isBounded() == IsBounded.BOUNDED
            ? backfill(asked, decided)
            : stream(asked, deciding))
        .setCoder(decided);
  }

  private PCollection<Answer<K, O>> backfill(
      PCollection<Undecided<K, E>> asked, AnswerCoder<K, O> decided) {
    SerializableFunction<E, String> by = key;
    return asked.apply(
        "Decide",
        InOrder.perKey((Undecided<K, E> of) -> by.apply(of.answer().value()))
            .fold(new DecideFold<K, E, O>(decider), Accounts.coder(decider.keep()), decided));
  }

  private PCollection<Answer<K, O>> stream(
      PCollection<Undecided<K, E>> asked, Deciding<K, E, O> deciding) {
    SerializableFunction<E, String> by = key;
    Duration part = lateness.dividedBy(LOOKS);
    return asked
        .apply(
            "Block",
            ParDo.of(
                new BlockFn<>(
                        deciding.undecided(),
                        DecideStream.SHARDS,
                        () ->
                            new ByKey<>(
                                (Undecided<K, E> of) -> by.apply(of.answer().value()),
                                StringUtf8Coder.of()))
                    .atOnce(provisional)))
        .setCoder(deciding.shards())
        .apply(
            "Decide",
            ParDo.of(new DecideStream<>(deciding, part.compareTo(SHORTEST) > 0 ? part : SHORTEST)));
  }
}
