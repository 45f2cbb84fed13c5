package dhara.transforms.call;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.call.CallRecord.Asking;
import dhara.transforms.call.CallRecord.Said;
import dhara.transforms.join.IntervalJoin;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Asks an outside service about a key of each event, and records what it said; or replays recorded
 * calls and asks nothing. A service may say something else tomorrow, so a backfill that asked again
 * would give other answers than the stream.
 *
 * <p>Data: events in the global window, each once → a {@link #results result} for each event, and
 * when asking {@link #calls a record} of each call, which is to be written as an output. Time: both
 * have the time of their event. When asking they come at once; when replaying, when the watermarks
 * of events and calls have passed it by the lateness. State: when asking none; when replaying the
 * waiting events and calls ({@link IntervalJoin}). Late: the source has already separated late
 * events, if it is told {@link #windows}; nothing is asked for them. Failures of the service never
 * stop a pipeline: the event gets the {@link Fallback}, and its record says why.
 *
 * <pre>{@code
 * Call<Order, Rated> call = Call.asking("https://rates/{key}", opening)
 *     .withFallback(new Fallback("standard", null))
 *     .keyedBy(Order::customer)
 *     .into(Rated.class, (order, called) -> new Rated(order.id(), called.body()));
 * PCollectionTuple called = orders.apply("Rate", call);
 * called.get(call.results());
 * }</pre>
 *
 * <p><b>Designs.</b> A stream that fails is restored from a checkpoint and asks again for the
 * events since, so one event may have two replies. Either no reply is used before a checkpoint
 * holds it (Beam's {@code @RequiresStableInput}): then there is one reply, but each answer waits
 * for a checkpoint, not every engine can do it, and Flink's runner lets the watermark pass what
 * waits (apache/beam#39991). Or both replies are recorded, and it is certain which one counts. This
 * is the second: a record is an answer, whose revision rises with each restore, like the revisions
 * of all that was made of the reply. So the highest revisions belong together, and a replay takes
 * the {@link CallRecord} of the highest one.
 *
 * <p>The events of a bundle are asked for at its end, together. State and timers could keep events
 * until a reply comes, and try again for longer, but a checkpoint would carry all that waits; a
 * bundle waits at most the timeout of its {@link CallService}, and what has no reply by then has
 * failed.
 */
public final class Call<E extends Event, O extends Record>
    extends PTransform<PCollection<E>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private final transient How how;
  private final SerializableFunction<E, String> key;
  private final Class<O> type;
  private final SerializableBiFunction<E, Called, O> fn;
  private final TupleTag<O> results = new TupleTag<>("results");
  private final TupleTag<Answer<Asking, Said>> calls = new TupleTag<>("calls");

  private Call(
      How how,
      SerializableFunction<E, String> key,
      Class<O> type,
      SerializableBiFunction<E, Called, O> fn) {
    this.how = how;
    this.key = key;
    this.type = type;
    this.fn = fn;
  }

  /**
   * Calls that ask a service.
   *
   * @param name the service in records, without secrets
   */
  public static How asking(String name, CallService.Opening service) {
    return new How(name, service, null, Duration.ZERO, Fallback.NONE);
  }

  /** Calls that were recorded; each record once, in the global window. */
  public static How replaying(PCollection<CallRecord> recorded) {
    return new How("", null, recorded, Duration.ZERO, Fallback.NONE);
  }

  /**
   * The windows that decide when an event or a recorded call is too late, for their sources.
   *
   * @param lateness how far behind the watermark they may come
   */
  public static Windows windows(Duration lateness) {
    return IntervalJoin.windows(Duration.ZERO, Duration.ZERO, lateness);
  }

  /** Where replies come from. */
  public static final class How {

    private final String name;
    private final CallService.@Nullable Opening service;
    private final @Nullable PCollection<CallRecord> recorded;
    private final Duration lateness;
    private final Fallback fallback;

    private How(
        String name,
        CallService.@Nullable Opening service,
        @Nullable PCollection<CallRecord> recorded,
        Duration lateness,
        Fallback fallback) {
      this.name = name;
      this.service = service;
      this.recorded = recorded;
      this.lateness = lateness;
      this.fallback = fallback;
    }

    /** How far behind the watermark events and recorded calls may come. */
    public How withLateness(Duration newLateness) {
      return new How(name, service, recorded, newLateness, fallback);
    }

    /** What an event gets if the service did not answer; by default {@link Fallback#NONE}. */
    public How withFallback(Fallback newFallback) {
      return new How(name, service, recorded, lateness, newFallback);
    }

    /** Asks about this key of an event. */
    public <E extends Event> Keyed<E> keyedBy(SerializableFunction<E, String> key) {
      return new Keyed<>(this, key);
    }
  }

  /** Calls whose key is known. */
  public static final class Keyed<E extends Event> {

    private final How how;
    private final SerializableFunction<E, String> key;

    private Keyed(How how, SerializableFunction<E, String> key) {
      this.how = how;
      this.key = key;
    }

    /** Combines each event with what came of its call. */
    public <O extends Record> Call<E, O> into(
        Class<O> type, SerializableBiFunction<E, Called, O> fn) {
      return new Call<>(how, key, type, fn);
    }
  }

  /** A result for each event. */
  public TupleTag<O> results() {
    return results;
  }

  /** The records of calls; none if calls are replayed, because these are recorded already. */
  public TupleTag<Answer<Asking, Said>> calls() {
    return calls;
  }

  @Override
  public PCollectionTuple expand(PCollection<E> events) {
    InGlobalWindow.check("Call", events);
    return how.recorded == null ? ask(events) : replay(events);
  }

  private PCollectionTuple ask(PCollection<E> events) {
    PCollectionTuple asked =
        events.apply(
            "Ask",
            ParDo.of(new AskFn<>(how.service, how.name, how.fallback, key, fn, results, calls))
                .withOutputTags(results, TupleTagList.of(calls)));
    asked.get(results).setCoder(RecordCoder.of(type));
    asked.get(calls).setCoder(records());
    return asked;
  }

  private PCollectionTuple replay(PCollection<E> events) {
    Fallback fallback = how.fallback; // local copies, because this object is not serialized
    SerializableBiFunction<E, Called, O> result = fn;
    PCollection<O> replayed =
        events.apply(
            "Replay",
            IntervalJoin.of(how.recorded)
                .within(Duration.ZERO, Duration.ZERO)
                .perKey((E event) -> event.id(), CallRecord::event)
                .lastTouch()
                .withLateness(how.lateness)
                .left(type, (event, call) -> result.apply(event, called(call, fallback))));
    return PCollectionTuple.of(results, replayed)
        .and(calls, how.recorded.apply("NoCalls", ParDo.of(new NoCallsFn())).setCoder(records()));
  }

  private static AnswerCoder<Asking, Said> records() {
    return AnswerCoder.of(RecordCoder.of(Asking.class), RecordCoder.of(Said.class));
  }

  private static Called called(Optional<CallRecord> call, Fallback fallback) {
    if (call.isEmpty()) {
      Metrics.counter(Call.class, "unrecordedCalls").inc();
      return Called.of(CallOutcome.UNRECORDED, null, fallback);
    }
    return Called.of(call.get().outcome(), call.get().body(), fallback);
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    return how.recorded == null
        ? Map.of()
        : Map.of(new TupleTag<CallRecord>("recorded"), how.recorded);
  }

  /** Records nothing, in the mode of the run. */
  private static final class NoCallsFn extends DoFn<CallRecord, Answer<Asking, Said>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process() {}
  }
}
