package dhara.transforms.order.pattern;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.order.InOrder;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks for a {@link Pattern} in the events of each key.
 *
 * <p>Data: events in the global window, each once → a record of each match. Time: events are
 * matched in the order of (event time, id), whatever the order of their arrival. A match has the
 * time at which it was certain: that of its last event, or the end of {@code within} if the pattern
 * ends with an absence, or later if a skip strategy let it wait for an earlier match. State: per
 * key the partial matches and their events, each event once, until {@code within} after the key's
 * last event; a key with more than {@link #atMost} partial matches fails the run. Late: as in
 * {@link InOrder}; tell the source {@link #windows}.
 *
 * <pre>{@code
 * payments.apply("Takeover", MatchPattern.of(newDeviceThenLarge)
 *     .perKey(Payer.class, p -> new Payer(p.payer()))
 *     .into(Takeover.class, match -> new Takeover(match.first("large").orElseThrow().id())));
 * }</pre>
 *
 * @param <E> the event
 * @param <K> the key
 * @param <M> what is made of a match
 */
public final class MatchPattern<E extends Event, K extends Record, M extends Record>
    extends PTransform<PCollection<E>, PCollection<M>> {

  private static final long serialVersionUID = 1L;

  private final Search<E, K> search;
  private final Coder<M> coder;
  private final SerializableFunction<Match<E>, M> match;

  private MatchPattern(
      Search<E, K> search, Coder<M> coder, SerializableFunction<Match<E>, M> match) {
    this.search = search;
    this.coder = coder;
    this.match = match;
  }

  /**
   * Looks for a pattern.
   *
   * @throws IllegalArgumentException if the pattern is not complete, or has no {@code within}, so
   *     that its partial matches would wait for ever
   */
  public static <E extends Event> Of<E> of(Pattern<E> pattern) {
    PatternRules.checkKept(pattern);
    return new Of<>(pattern);
  }

  /** A pattern, whose key is not said yet. */
  public static final class Of<E extends Event> {

    private final Pattern<E> pattern;

    private Of(Pattern<E> pattern) {
      this.pattern = pattern;
    }

    /** Looks for it in the events of each key. */
    public <K extends Record> Keyed<E, K> perKey(Class<K> type, SerializableFunction<E, K> key) {
      return new Keyed<>(new Search<>(pattern, type, key, Duration.ZERO, Matcher.MOST_PARTIALS));
    }
  }

  /** A pattern and a key; what becomes of matches is not said yet. */
  public static final class Keyed<E extends Event, K extends Record> {

    private final Search<E, K> search;

    private Keyed(Search<E, K> search) {
      this.search = search;
    }

    /** Makes a record of each match. */
    public <M extends Record> MatchPattern<E, K, M> into(
        Class<M> type, SerializableFunction<Match<E>, M> match) {
      return into(RecordCoder.of(type), match);
    }

    /**
     * Makes a record of each match, such as an answer.
     *
     * @param coder codes it
     */
    public <M extends Record> MatchPattern<E, K, M> into(
        Coder<M> coder, SerializableFunction<Match<E>, M> match) {
      return new MatchPattern<>(search, coder, match);
    }
  }

  /** How far behind the watermark events may come; by default, not at all. */
  public MatchPattern<E, K, M> withLateness(Duration lateness) {
    return new MatchPattern<>(search.with(lateness, search.most), coder, match);
  }

  /** How many partial matches a key may have, by default 10,000; if it has more, the run fails. */
  public MatchPattern<E, K, M> atMost(int partialMatches) {
    if (partialMatches < 1) {
      throw new IllegalArgumentException(
          "atMost(%d): a key has at least one partial match, e.g. atMost(10_000)"
              .formatted(partialMatches));
    }
    return new MatchPattern<>(search.with(search.lateness, partialMatches), coder, match);
  }

  /** Makes a record of each partial match that timed out too, as an output of its own. */
  public <T extends Record> MatchesAndTimeouts<E, K, M, T> timedOutInto(
      Class<T> timedOutType, SerializableFunction<Match<E>, T> timedOut) {
    return new MatchesAndTimeouts<>(search, coder, match, timedOutType, timedOut);
  }

  /** The windows that decide when an event is too late, for the source. */
  public Windows windows() {
    return search.windows();
  }

  @Override
  public PCollection<M> expand(PCollection<E> events) {
    return events.apply("Match", search.fold(match, null, coder, events.getCoder()));
  }

  /** All but what becomes of matches. */
  record Search<E extends Event, K extends Record>(
      Pattern<E> pattern,
      Class<K> type,
      SerializableFunction<E, K> key,
      Duration lateness,
      int most)
      implements Serializable {

    Search<E, K> with(Duration newLateness, int newMost) {
      return new Search<>(pattern, type, key, newLateness, newMost);
    }

    Windows windows() {
      return InOrder.windows(lateness);
    }

    <O> InOrder<E, K, Partials<E>, O> fold(
        SerializableFunction<Match<E>, O> match,
        @Nullable SerializableFunction<Match<E>, O> timedOut,
        Coder<O> outputs,
        Coder<E> events) {
      return InOrder.perKey(type, key)
          .fold(
              new MatchFold<>(pattern, key, match, timedOut, most),
              PartialsCoder.of(pattern, events),
              outputs)
          .withLateness(lateness);
    }
  }
}
