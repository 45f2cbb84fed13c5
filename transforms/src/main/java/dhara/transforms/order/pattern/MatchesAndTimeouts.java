package dhara.transforms.order.pattern;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A {@link MatchPattern} that also tells of the partial matches that timed out: what began and was
 * not completed within the pattern's time.
 *
 * <p>Data: events → a record of each match, at {@link #matches}, and of each partial match that
 * timed out, at {@link #timedOut}. Time: a partial match has the time at which its {@code within}
 * ended. State and late events as in {@link MatchPattern}.
 *
 * <pre>{@code
 * var carts = MatchPattern.of(cartThenOrder)
 *     .perKey(User.class, e -> new User(e.user()))
 *     .into(Bought.class, Bought::of)
 *     .timedOutInto(Abandoned.class, Abandoned::of);
 * PCollection<Abandoned> abandoned = events.apply("Carts", carts).get(carts.timedOut());
 * }</pre>
 *
 * @param <E> the event
 * @param <K> the key
 * @param <M> what is made of a match
 * @param <T> what is made of a partial match
 */
public final class MatchesAndTimeouts<
        E extends Event, K extends Record, M extends Record, T extends Record>
    extends PTransform<PCollection<E>, PCollectionTuple> {

  private static final long serialVersionUID = 1L;

  private final MatchPattern.Search<E, K> search;
  private final Coder<M> coder;
  private final SerializableFunction<Match<E>, M> match;
  private final Class<T> timedOutType;
  private final SerializableFunction<Match<E>, T> timedOut;
  private final TupleTag<M> matches = new TupleTag<>("matches");
  private final TupleTag<T> timeouts = new TupleTag<>("timedOut");

  MatchesAndTimeouts(
      MatchPattern.Search<E, K> search,
      Coder<M> coder,
      SerializableFunction<Match<E>, M> match,
      Class<T> timedOutType,
      SerializableFunction<Match<E>, T> timedOut) {
    this.search = search;
    this.coder = coder;
    this.match = match;
    this.timedOutType = timedOutType;
    this.timedOut = timedOut;
  }

  /** What was made of matches. */
  public TupleTag<M> matches() {
    return matches;
  }

  /** What was made of partial matches that timed out. */
  public TupleTag<T> timedOut() {
    return timeouts;
  }

  /** The windows that decide when an event is too late, for the source. */
  public Windows windows() {
    return search.windows();
  }

  /** One of the two. */
  record Outcome<M, T>(@Nullable M match, @Nullable T timedOut) {}

  @Override
  public PCollectionTuple expand(PCollection<E> events) {
    RecordCoder<Outcome<M, T>> outcomes =
        RecordCoder.of(
            new TypeDescriptor<Outcome<M, T>>() {}.where(
                    new TypeParameter<M>() {}, coder.getEncodedTypeDescriptor())
                .where(new TypeParameter<T>() {}, TypeDescriptor.of(timedOutType)));
    PCollectionTuple both =
        events
            .apply(
                "Match", search.fold(matched(match), late(timedOut), outcomes, events.getCoder()))
            .apply(
                "Split",
                ParDo.of(new SplitFn<>(matches, timeouts))
                    .withOutputTags(matches, TupleTagList.of(timeouts)));
    both.get(matches).setCoder(coder);
    both.get(timeouts).setCoder(RecordCoder.of(timedOutType));
    return both;
  }

  // Static, so that the functions do not hold the transform.

  private static <E extends Event, M, T> SerializableFunction<Match<E>, Outcome<M, T>> matched(
      SerializableFunction<Match<E>, M> match) {
    return found -> new Outcome<>(match.apply(found), null);
  }

  private static <E extends Event, M, T> SerializableFunction<Match<E>, Outcome<M, T>> late(
      SerializableFunction<Match<E>, T> timedOut) {
    return partial -> new Outcome<>(null, timedOut.apply(partial));
  }

  private static final class SplitFn<M, T> extends DoFn<Outcome<M, T>, M> {

    private static final long serialVersionUID = 1L;

    private final TupleTag<M> matches;
    private final TupleTag<T> timeouts;

    SplitFn(TupleTag<M> matches, TupleTag<T> timeouts) {
      this.matches = matches;
      this.timeouts = timeouts;
    }

    @ProcessElement
    public void split(@Element Outcome<M, T> outcome, MultiOutputReceiver out) {
      M match = outcome.match();
      T timedOut = outcome.timedOut();
      if (match != null) {
        out.get(matches).output(match);
      }
      if (timedOut != null) {
        out.get(timeouts).output(timedOut);
      }
    }
  }
}
