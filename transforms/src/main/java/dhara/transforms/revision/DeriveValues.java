package dhara.transforms.revision;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/**
 * Computes another value of each answer from all of it: its key, its window and its value. So a
 * value can be as of the end of its window, such as what is left of something that decays. {@link
 * DeriveAnswers} knows the value only, but can change the key and leave answers out.
 *
 * <p>Data: answers and their revisions → answers of the same keys, windows and revisions; a
 * withdrawal is passed on. Time: kept. State: none.
 *
 * <pre>{@code
 * sums.apply(
 *     DeriveValues.of(Heat.class, sum -> new Heat(sum.value().views().at(sum.end(), HALF_LIFE))))
 * }</pre>
 *
 * @param <K> what the answers are about
 * @param <V> what they answer
 * @param <B> what is answered instead
 */
public final class DeriveValues<K, V, B extends Record>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, B>>> {

  private static final long serialVersionUID = 1L;

  private final Class<B> type;
  private final SerializableFunction<Answer<K, V>, B> value;

  private DeriveValues(Class<B> type, SerializableFunction<Answer<K, V>, B> value) {
    this.type = type;
    this.value = value;
  }

  /**
   * Answers about the same keys and windows.
   *
   * @param value what is answered instead, for an answer that is not withdrawn
   */
  public static <K, V, B extends Record> DeriveValues<K, V, B> of(
      Class<B> type, SerializableFunction<Answer<K, V>, B> value) {
    return new DeriveValues<>(type, value);
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of answers has their types
  public PCollection<Answer<K, B>> expand(PCollection<Answer<K, V>> answers) {
    if (!(answers.getCoder() instanceof AnswerCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers are coded by an AnswerCoder, not by " + answers.getCoder());
    }
    return answers
        .apply("Derive", ParDo.of(new DeriveFn<>(value)))
        .setCoder(
            AnswerCoder.of(
                ((AnswerCoder<K, V>) answers.getCoder()).keyCoder(), RecordCoder.of(type)));
  }

  private static final class DeriveFn<K, V, B> extends DoFn<Answer<K, V>, Answer<K, B>> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<Answer<K, V>, B> value;

    DeriveFn(SerializableFunction<Answer<K, V>, B> value) {
      this.value = value;
    }

    @ProcessElement
    public void derive(@Element Answer<K, V> of, OutputReceiver<Answer<K, B>> out) {
      out.output(
          of.isWithdrawn()
              ? Answer.withdrawn(of.key(), of.start(), of.end(), of.revision())
              : new Answer<>(
                  of.key(), of.start(), of.end(), of.revision(), of.first(), value.apply(of)));
    }
  }
}
