package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.order.Either;
import dhara.transforms.order.InOrder;
import dhara.transforms.order.InOrderOfTwo;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Joins each event of the left side with events of the right side of the same key that are at most
 * some time before or after it. The result is a function of the sets of events, whatever the order
 * of their arrival.
 *
 * <p>Data: events of both sides in the global window, each once → a record for each match, and on
 * request for each left event to which nothing came. Time: a record has the time of its left event.
 * In a stream it comes when it is certain: when the watermarks of both sides have passed the later
 * event of the match by the lateness or, if nothing came, the end of the interval. Until then the
 * left event holds the watermark, so records are never late for windows after the join. State: per
 * key the waiting left events and, in {@link Of#all() all matches} or if each right event is used
 * {@link Of#eachRightOnce once}, the right events of the interval, otherwise one of them; until the
 * watermark has passed the key's last event by the longer side of the interval, and at most an
 * eighth more ({@link InOrder}). Late: the source has already separated events beyond the lateness,
 * if it is told {@link Of#windows}; both sides must be. If such an event comes anyway, it is
 * dropped and counted in {@code droppedDueToLateness}.
 *
 * <pre>{@code
 * clicks.apply("Attribute",
 *     IntervalJoin.of(impressions)
 *         .within(Duration.ofMinutes(10), Duration.ZERO)
 *         .perKey(User.class, (Click c) -> new User(c.user()), (Impression i) -> new User(i.user()))
 *         .lastTouch()
 *         .left(Attributed.class, (click, impression) -> …));   // Optional<Impression>
 * }</pre>
 *
 * <p><b>Which matches.</b> All, unless it is said otherwise. {@link Of#nearest}: for each left
 * event the one with the smallest distance in time. {@link Of#lastTouch}: for each left event the
 * latest that is not after it. These two use each left event once. {@link Of#eachRightOnce} uses
 * each right event once too. For <em>all right events, each with one left</em>, swap the sides.
 *
 * <p><b>Designs.</b> Flink keeps the events of a key in a map by their time for each side, scans
 * the other side's map for each event, and sets a timer for each event to forget it. One could do
 * that per shard, with state in buckets of time, so that a key is never rewritten as a whole. The
 * other design, which this is, is a fold over both sides in one order ({@link InOrderOfTwo}): all
 * events that are due are applied at once, silence is a wake-up of the fold, {@code nearest} and
 * {@code lastTouch} need one right event instead of an interval of them, and both shells, the
 * lateness and the expiry are those of InOrder. Its price: what is remembered of a key is read and
 * written whenever the key has new events. Remembered events stay encoded for that ({@code
 * HeldEvents}), and {@link Of#settlingEvery} sets how often it happens; a key with 100,000
 * remembered events costs about 12 ms each time.
 *
 * @param <R> the events of the right side
 */
public final class IntervalJoin<R extends Event> {

  private final PCollection<R> right;

  private IntervalJoin(PCollection<R> right) {
    this.right = right;
  }

  /** A join with this right side. */
  public static <R extends Event> IntervalJoin<R> of(PCollection<R> right) {
    return new IntervalJoin<>(right);
  }

  /**
   * With right events in an interval around each left event; its ends are included.
   *
   * @param before how much earlier than the left event they may be
   * @param after how much later
   */
  public Within<R> within(Duration before, Duration after) {
    if (before.isNegative() || after.isNegative()) {
      throw new IllegalArgumentException(
          "an interval goes from before an event to after it; swap the sides if both ends of yours"
              + " are on one side, or filter the matches; but it is %s and %s"
                  .formatted(before, after));
    }
    return new Within<>(right, before, after);
  }

  /** A join whose interval is known. */
  public static final class Within<R extends Event> {

    private final PCollection<R> right;
    private final Duration before;
    private final Duration after;

    private Within(PCollection<R> right, Duration before, Duration after) {
      this.right = right;
      this.before = before;
      this.after = after;
    }

    /**
     * Joins events of equal keys.
     *
     * @param type the record that keys are
     */
    public <L extends Event, K extends Record> Of<L, R, K> perKey(
        Class<K> type, SerializableFunction<L, K> left, SerializableFunction<R, K> ofRight) {
      return of(InOrderOfTwo.perKey(type, ofRight, left));
    }

    /** Joins events of equal keys. */
    public <L extends Event> Of<L, R, String> perKey(
        SerializableFunction<L, String> left, SerializableFunction<R, String> ofRight) {
      return of(InOrderOfTwo.perKey(ofRight, left));
    }

    private <L extends Event, K> Of<L, R, K> of(InOrder.Keyed<Either<R, L>, K> keyed) {
      return new Of<>(this, keyed, Matches.ALL, Duration.ZERO, null);
    }
  }

  /** A join whose keys are known. */
  public static final class Of<L extends Event, R extends Event, K> {

    private final Within<R> within;
    private final InOrder.Keyed<Either<R, L>, K> keyed;
    private final Matches matches;
    private final Duration lateness;
    private final @Nullable Duration every;

    private Of(
        Within<R> within,
        InOrder.Keyed<Either<R, L>, K> keyed,
        Matches matches,
        Duration lateness,
        @Nullable Duration every) {
      this.within = within;
      this.keyed = keyed;
      this.matches = matches;
      this.lateness = lateness;
      this.every = every;
    }

    /** Matches each left event with all right events of its interval. */
    public Of<L, R, K> all() {
      return matching(Matches.ALL);
    }

    /**
     * Matches each left event with the right event that is nearest in time; of several with one
     * distance, with the earlier one, and then with the smaller id.
     */
    public Of<L, R, K> nearest() {
      return matching(Matches.NEAREST);
    }

    /**
     * Matches each left event with the latest right event that is not after it; of several at one
     * time, with the greatest id.
     */
    public Of<L, R, K> lastTouch() {
      if (!within.after.isZero()) {
        throw new IllegalArgumentException(
            "the last touch is not after the left event, but the interval goes on for "
                + within.after
                + "; say within("
                + within.before
                + ", ZERO)");
      }
      return matching(Matches.LAST);
    }

    /**
     * Uses each right event for one left event only: in the order of left events, each takes the
     * latest right event that is left. After {@link #lastTouch}.
     */
    public Of<L, R, K> eachRightOnce() {
      if (matches != Matches.LAST) {
        throw new IllegalArgumentException(
            "right events are used once by lastTouch() only; say lastTouch().eachRightOnce()");
      }
      return matching(Matches.LAST_ONCE);
    }

    private Of<L, R, K> matching(Matches newMatches) {
      return new Of<>(within, keyed, newMatches, lateness, every);
    }

    /**
     * How far behind the watermark events of both sides may come; matches settle this much later.
     */
    public Of<L, R, K> withLateness(Duration newLateness) {
      if (newLateness.isNegative()) {
        throw new IllegalArgumentException("the lateness is negative: " + newLateness);
      }
      return new Of<>(within, keyed, matches, newLateness, every);
    }

    /** How often a stream looks for matches, in event time: {@link InOrder#settlingEvery}. */
    public Of<L, R, K> settlingEvery(Duration newEvery) {
      return new Of<>(within, keyed, matches, lateness, newEvery);
    }

    /**
     * The windows that decide when an event is too late for this join, for the sources of both
     * sides. A backfill of a range reads the interval around it too.
     */
    public Windows windows() {
      return IntervalJoin.windows(within.before, within.after, lateness);
    }

    /** Gives a record for each match. */
    public <O extends Record> Joined<L, R, K, O> inner(
        Class<O> out, SerializableBiFunction<L, R, O> fn) {
      return joined(
          Kind.INNER, matches, RecordCoder.of(out), found -> fn.apply(found.left(), found.right()));
    }

    /** Gives a record for each match, and for each left event to which nothing came. */
    public <O extends Record> Joined<L, R, K, O> left(
        Class<O> out, SerializableBiFunction<L, Optional<R>, O> fn) {
      return joined(
          Kind.LEFT,
          matches,
          RecordCoder.of(out),
          found -> fn.apply(found.left(), Optional.ofNullable(found.right())));
    }

    /** Gives each left event that has a match, once. */
    public Joined<L, R, K, L> semi() {
      return joined(Kind.SEMI, any(), null, Matched::left);
    }

    /** Gives each left event to which nothing came. */
    public Joined<L, R, K, L> anti() {
      return joined(Kind.ANTI, any(), null, Matched::left);
    }

    private Matches any() {
      return matches == Matches.LAST_ONCE ? matches : Matches.ANY;
    }

    private <O> Joined<L, R, K, O> joined(
        Kind kind,
        Matches newMatches,
        @Nullable Coder<O> out,
        SerializableFunction<Matched<L, R>, O> fn) {
      return new Joined<>(matching(newMatches), kind, out, fn);
    }
  }

  /** {@link Of#windows} of a join that will have this interval and lateness. */
  public static Windows windows(Duration before, Duration after, Duration lateness) {
    return Windows.tumbling(Duration.ofMillis(1))
        .withLateness(lateness)
        .withMargin(after)
        .withHistory(before);
  }

  /** The join of the left side, to which it is applied, with a right side. */
  public static final class Joined<L extends Event, R extends Event, K, O>
      extends PTransform<PCollection<L>, PCollection<O>> {

    private static final long serialVersionUID = 1L;

    private final transient Of<L, R, K> of;
    private final Kind kind;
    private final @Nullable Coder<O> out;
    private final SerializableFunction<Matched<L, R>, O> fn;

    private Joined(
        Of<L, R, K> of,
        Kind kind,
        @Nullable Coder<O> out,
        SerializableFunction<Matched<L, R>, O> fn) {
      this.of = of;
      this.kind = kind;
      this.out = out;
      this.fn = fn;
    }

    @Override
    public PCollection<O> expand(PCollection<L> left) {
      PCollection<R> right = of.within.right;
      Pending.PendingCoder<L, R> pending =
          new Pending.PendingCoder<>(left.getCoder(), right.getCoder());
      JoinFold<L, R> fold =
          new JoinFold<>(kind, of.matches, of.within.before, of.within.after, pending);
      InOrder<Either<R, L>, K, Pending<L, R>, Matched<L, R>> inOrder =
          of.keyed
              .fold(fold, pending, Matched.coder(left.getCoder(), right.getCoder()))
              .withLateness(of.lateness);
      PCollection<O> joined =
          right
              .apply(
                  "Match",
                  InOrderOfTwo.of(
                      left, of.every == null ? inOrder : inOrder.settlingEvery(of.every)))
              .apply(
                  "Give",
                  MapElements.into(new TypeDescriptor<O>() {})
                      // With a context: without one, Beam 2.70 makes each output twice.
                      .via(Contextful.fn(fn)));
      @SuppressWarnings("unchecked") // without another coder, events of the left side come out
      Coder<O> coder = out == null ? (Coder<O>) left.getCoder() : out;
      return joined.setCoder(coder);
    }

    @Override
    public Map<TupleTag<?>, PValue> getAdditionalInputs() {
      return Map.of(new TupleTag<R>("right"), of.within.right);
    }
  }
}
