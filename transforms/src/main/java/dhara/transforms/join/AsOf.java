package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Joins facts with a reference as of their event time: each fact sees what was in force when it
 * happened, however late either of them comes.
 *
 * <p>Data: facts and {@link Version}s, both in the global window → a record for each fact, also if
 * nothing was in force. Time: a fact keeps its own. In a stream it is joined when the watermarks of
 * both inputs have passed its time plus the lateness of the reference, so no later version can
 * change the result; until then the fact holds the watermark. State: per shard the waiting facts,
 * and the versions that a fact can still need, which are those in force since the watermark minus
 * the horizon; at most as many expired ones stay until they are swept. Late: the source has already
 * separated facts beyond the horizon and versions beyond the lateness ({@code Lateness}). If such a
 * fact comes anyway, after its versions were dropped, it is dropped and counted in {@code
 * droppedDueToLateness}, as engines do.
 *
 * <p>Join by key for a reference of any size: the fact sees the version of one key. Or join the
 * whole reference if it is small, such as rules or weights: the fact sees everything that was in
 * force.
 *
 * <pre>{@code
 * activities.apply("Weigh",
 *     AsOf.of(weights, windows.horizon())
 *         .keyedBy(Activity::kind)
 *         .into(Weighed.class, (activity, weight) -> …));   // weight: Optional<Weight>
 *
 * payments.apply("Score",
 *     AsOf.of(rules, windows.horizon())
 *         .into(Scored.class, (Payment payment, InForce<Rule> rules) -> …));
 * }</pre>
 *
 * <p><b>How late versions settle.</b> Facts wait until no on-time version can come any more, and
 * are emitted once. The alternative is to emit each fact at once, and again if a later version
 * changes it. Then every later step would have to take the first one back, which tallies cannot do.
 *
 * @param <T> the values of the reference
 */
public final class AsOf<T extends Record> {

  /** Combines a fact with the reference that was in force at its time. */
  @FunctionalInterface
  interface Join<F, T extends Record, OutT> extends Serializable {

    OutT join(F fact, ReferenceTable<T> reference);
  }

  private final PCollection<Version<T>> reference;
  private final Duration horizon;
  private final Duration lateness;
  private final boolean inMemory;
  private final boolean newest;
  private final int backfillShards;

  private AsOf(
      PCollection<Version<T>> reference,
      Duration horizon,
      Duration lateness,
      boolean inMemory,
      boolean newest,
      int backfillShards) {
    this.reference = reference;
    this.horizon = horizon;
    this.lateness = lateness;
    this.inMemory = inMemory;
    this.newest = newest;
    this.backfillShards = backfillShards;
  }

  /**
   * A reference.
   *
   * @param horizon how far behind the watermark facts may come: the horizon of their windows, by
   *     which the source decides which facts are late
   */
  public static <T extends Record> AsOf<T> of(PCollection<Version<T>> reference, Duration horizon) {
    return new AsOf<>(
        reference, notNegative("horizon", horizon), Duration.ZERO, false, false, AsOfShards.SHARDS);
  }

  /**
   * How far behind the watermark versions may come; facts wait that long for them. Use the lateness
   * of the reference's source.
   */
  public AsOf<T> withLateness(Duration newLateness) {
    return new AsOf<>(
        reference, horizon, notNegative("lateness", newLateness), inMemory, newest, backfillShards);
  }

  /**
   * Lets a backfill hold the whole reference in the memory of each worker, so that facts are not
   * shuffled for a join by key.
   */
  public AsOf<T> inMemory() {
    return new AsOf<>(reference, horizon, lateness, true, newest, backfillShards);
  }

  /**
   * Each fact sees the newest version of each key, whatever its time: this gives the answers as if
   * the reference had always been as it is now. Only for backfills, because a stream has no newest
   * version.
   */
  public AsOf<T> newest() {
    return new AsOf<>(reference, horizon, lateness, inMemory, true, backfillShards);
  }

  /**
   * With keys in this many groups in a backfill, for a reference that is large: a worker holds the
   * versions of one group, as bytes and those that facts have seen as objects too, and its facts,
   * as bytes.
   *
   * @param shards at least 1
   */
  public AsOf<T> withBackfillShards(int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("there must be a shard, but there are " + shards);
    }
    return new AsOf<>(reference, horizon, lateness, inMemory, newest, shards);
  }

  /** Its versions, to make those of another reference of them. */
  public PCollection<Version<T>> versions() {
    return reference;
  }

  /** How far behind the watermark its versions may come. */
  public Duration lateness() {
    return lateness;
  }

  /**
   * A reference with other versions, for the same facts and with the same lateness.
   *
   * @param other made of {@link #versions}, each with the time of the one that it is made of
   */
  public <U extends Record> AsOf<U> withVersions(PCollection<Version<U>> other) {
    return new AsOf<>(other, horizon, lateness, inMemory, newest, backfillShards);
  }

  /** Facts see the version of their key. */
  public <F extends Event> Keyed<F, T> keyedBy(SerializableFunction<F, String> key) {
    return new Keyed<>(this, key);
  }

  /** Combines each fact with everything that was in force when it happened. */
  public <F extends Event, OutT extends Record> Joined<F, T, OutT> into(
      Class<OutT> out, SerializableBiFunction<F, InForce<T>, OutT> fn) {
    Moment moment = moment();
    return new Joined<>(
        this, out, null, (fact, table) -> fn.apply(fact, table.asOf(moment.of(fact))));
  }

  /**
   * Combines the value of each answer with everything that was in force when it happened.
   *
   * @param out the values of the answers that come out
   */
  public <K, F extends Record & Event, V extends Record> JoinedAnswers<K, F, T, V> intoAnswers(
      Class<V> out, SerializableBiFunction<F, InForce<T>, V> fn) {
    Moment moment = moment();
    return new JoinedAnswers<>(
        this, out, null, (fact, table) -> fn.apply(fact, table.asOf(moment.of(fact))), false);
  }

  /**
   * The shell that joins facts.
   *
   * @param key the key of a fact; null if facts see the whole reference
   * @param revising how a stream joins facts at their arrival too; null if it does not
   */
  <F extends Event, OutT> PTransform<PCollection<F>, PCollection<OutT>> shell(
      PCollection<F> facts,
      @Nullable SerializableFunction<F, String> key,
      Join<F, T, OutT> join,
      @Nullable Revising<OutT> revising) {
    inGlobalWindow("facts", facts);
    inGlobalWindow("versions", reference);
    if (!(reference.getCoder() instanceof RecordCoder)) { // tables decode them in two steps
      throw new IllegalArgumentException(
          "versions are encoded by Version.coder(…), but %s by %s"
              .formatted(reference.getName(), reference.getCoder()));
    }
    boolean bounded =
        facts.isBounded() == IsBounded.BOUNDED && reference.isBounded() == IsBounded.BOUNDED;
    if (!bounded && newest) {
      throw new IllegalArgumentException("a stream has no newest version; join it as of then");
    } else if (!bounded) {
      return new AsOfStream<>(reference, key, join, horizon, lateness, revising);
    } else if (key == null || inMemory) {
      return new AsOfInMemory<>(reference, join);
    }
    return new AsOfShards<>(reference, key, join, backfillShards);
  }

  private static void inGlobalWindow(String what, PCollection<?> input) {
    if (!(input.getWindowingStrategy().getWindowFn() instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          "%s are joined before they are put into windows, but %s is in %s"
              .formatted(what, input.getName(), input.getWindowingStrategy().getWindowFn()));
    }
  }

  /** What is read beside the facts. */
  Map<TupleTag<?>, PValue> inputs() {
    return Map.of(new TupleTag<Version<T>>("reference"), reference);
  }

  private Moment moment() {
    return newest ? fact -> Instant.MAX : Event::at;
  }

  /** The time as of which a fact sees the reference. */
  @FunctionalInterface
  private interface Moment extends Serializable {
    Instant of(Event fact);
  }

  private static Duration notNegative(String what, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("the " + what + " is negative: " + duration);
    }
    return duration;
  }

  /** A reference whose facts see the version of their key. */
  public static final class Keyed<F extends Event, T extends Record> {

    private final AsOf<T> of;
    private final SerializableFunction<F, String> key;

    private Keyed(AsOf<T> of, SerializableFunction<F, String> key) {
      this.of = of;
      this.key = key;
    }

    /** Combines each fact with the value that was in force for its key, if there was one. */
    public <OutT extends Record> Joined<F, T, OutT> into(
        Class<OutT> out, SerializableBiFunction<F, Optional<T>, OutT> fn) {
      SerializableFunction<F, String> by = key;
      Moment moment = of.moment();
      return new Joined<>(
          of, out, by, (fact, table) -> fn.apply(fact, table.get(by.apply(fact), moment.of(fact))));
    }
  }

  /** A reference; the values of answers see the version of their key. */
  public <F extends Record & Event> KeyedValues<F, T> keyedByValue(
      SerializableFunction<F, String> key) {
    return new KeyedValues<>(this, key);
  }

  /** A reference whose version of their key the values of answers see. */
  public static final class KeyedValues<F extends Record & Event, T extends Record> {

    private final AsOf<T> of;
    private final SerializableFunction<F, String> key;

    private KeyedValues(AsOf<T> of, SerializableFunction<F, String> key) {
      this.of = of;
      this.key = key;
    }

    /** Combines the value of each answer with what was in force for its key, if anything was. */
    public <K, V extends Record> JoinedAnswers<K, F, T, V> intoAnswers(
        Class<V> out, SerializableBiFunction<F, Optional<T>, V> fn) {
      SerializableFunction<F, String> by = key;
      Moment moment = of.moment();
      return new JoinedAnswers<>(
          of,
          out,
          by,
          (fact, table) -> fn.apply(fact, table.get(by.apply(fact), moment.of(fact))),
          false);
    }
  }

  /** The join of facts with a reference. */
  public static final class Joined<F extends Event, T extends Record, OutT extends Record>
      extends PTransform<PCollection<F>, PCollection<OutT>> {

    private static final long serialVersionUID = 1L;

    private final transient AsOf<T> of;
    private final Class<OutT> out;
    private final @Nullable SerializableFunction<F, String> key;
    private final Join<F, T, OutT> join;

    private Joined(
        AsOf<T> of,
        Class<OutT> out,
        @Nullable SerializableFunction<F, String> key,
        Join<F, T, OutT> join) {
      this.of = of;
      this.out = out;
      this.key = key;
      this.join = join;
    }

    @Override
    public PCollection<OutT> expand(PCollection<F> facts) {
      return of.shell(facts, key, join, null).expand(facts).setCoder(RecordCoder.of(out));
    }

    @Override
    public Map<TupleTag<?>, PValue> getAdditionalInputs() {
      return of.inputs();
    }
  }
}
