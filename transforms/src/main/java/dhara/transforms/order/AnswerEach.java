package dhara.transforms.order;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Makes an answer of each element.
 *
 * <p>Data: elements → answers. Time: kept. State: none. Late: as the elements are.
 *
 * <pre>{@code
 * decided.apply(
 *     AnswerEach.of(Attempt.class, Decision.class, d -> Answer.at(d.attempt(), d.at(), d.decision())))
 * }</pre>
 */
public final class AnswerEach<T, K extends Record, V extends Record>
    extends PTransform<PCollection<T>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final Class<K> key;
  private final Class<V> value;
  private final SerializableFunction<T, Answer<K, V>> answer;

  private AnswerEach(Class<K> key, Class<V> value, SerializableFunction<T, Answer<K, V>> answer) {
    this.key = key;
    this.value = value;
    this.answer = answer;
  }

  /**
   * Makes an answer of each element.
   *
   * @param answer with revision 0; all of them differ in their key or window
   */
  public static <T, K extends Record, V extends Record> AnswerEach<T, K, V> of(
      Class<K> key, Class<V> value, SerializableFunction<T, Answer<K, V>> answer) {
    return new AnswerEach<>(key, value, answer);
  }

  @Override
  public PCollection<Answer<K, V>> expand(PCollection<T> elements) {
    return elements
        .apply("Answer", MapElements.into(new TypeDescriptor<Answer<K, V>>() {}).via(answer))
        .setCoder(AnswerCoder.of(RecordCoder.of(key), RecordCoder.of(value)));
  }
}
