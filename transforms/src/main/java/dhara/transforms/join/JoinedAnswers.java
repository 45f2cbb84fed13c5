package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The join of answers with a reference as of the event time of their values.
 *
 * <p>Data: answers whose values are facts → answers of the same keys and windows; a withdrawn one
 * is passed on. Time, state and late facts as in {@link AsOf}.
 *
 * <p><b>Provisional.</b> On request, a stream also joins each answer at its arrival, with the
 * versions that have come by then. When no other version can come any more and the result differs,
 * it is replaced. An answer of revision <em>r</em> becomes revision 2<em>r</em> and, if it is
 * replaced, 2<em>r</em> + 1: so what follows from a later revision stays above what follows from an
 * earlier one, whichever comes first. Once a later revision has come in the same shard, an earlier
 * one is not replaced any more. State: the waiting facts with their results.
 *
 * @param <K> the keys of the answers
 * @param <F> the values that come in
 * @param <T> the values of the reference
 * @param <V> the values that go out
 */
public final class JoinedAnswers<K, F extends Record & Event, T extends Record, V extends Record>
    extends PTransform<PCollection<Answer<K, F>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final transient AsOf<T> of;
  private final Class<V> out;
  private final @Nullable SerializableFunction<F, String> key;
  private final AsOf.Join<F, T, V> join;
  private final boolean provisional;

  JoinedAnswers(
      AsOf<T> of,
      Class<V> out,
      @Nullable SerializableFunction<F, String> key,
      AsOf.Join<F, T, V> join,
      boolean provisional) {
    this.of = of;
    this.out = out;
    this.key = key;
    this.join = join;
    this.provisional = provisional;
  }

  /**
   * Joins each answer of a stream at its arrival too.
   *
   * @param wanted false to join only when no other version can come
   */
  public JoinedAnswers<K, F, T, V> provisionally(boolean wanted) {
    return new JoinedAnswers<>(of, out, key, join, wanted);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, F>> answers) {
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    AnswerCoder<K, F> coder = (AnswerCoder<K, F>) answers.getCoder();
    AnswerCoder<K, V> results = AnswerCoder.of(coder.keyCoder(), RecordCoder.of(out));
    SerializableFunction<F, String> by = key;
    AsOf.Join<F, T, V> joining = join;
    PCollection<AnswerFact<K, F>> facts =
        answers
            .apply(
                "Fact",
                MapElements.into(new TypeDescriptor<AnswerFact<K, F>>() {}).via(AnswerFact::new))
            .setCoder(AnswerFact.coder(coder));
    return of.shell(
            facts,
            by == null
                ? null
                : fact -> fact.answer().isWithdrawn() ? "" : by.apply(fact.answer().value()),
            (AnswerFact<K, F> fact, ReferenceTable<T> table) ->
                joined(fact.answer(), joining, table),
            provisional
                ? new Revising<>(
                    results,
                    answer -> List.of(answer.key(), answer.start(), answer.end()),
                    Answer::revision,
                    JoinedAnswers::first,
                    JoinedAnswers::again)
                : null)
        .expand(facts)
        .setCoder(results);
  }

  private static <K, F extends Record & Event, T extends Record, V extends Record>
      Answer<K, V> joined(Answer<K, F> answer, AsOf.Join<F, T, V> join, ReferenceTable<T> table) {
    return answer.isWithdrawn()
        ? Answer.withdrawn(answer.key(), answer.start(), answer.end(), answer.revision())
        : new Answer<>(
            answer.key(),
            answer.start(),
            answer.end(),
            answer.revision(),
            answer.first(),
            join.join(answer.value(), table));
  }

  private static <K, V> Answer<K, V> first(Answer<K, V> joined) {
    return joined.withRevision(2 * joined.revision());
  }

  private static <K, V> Answer<K, V> again(Answer<K, V> joined) {
    return new Answer<>(
        joined.key(),
        joined.start(),
        joined.end(),
        2 * joined.revision() + 1,
        false,
        joined.value());
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    return of.inputs();
  }
}
