package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * Aggregates answers: takes the latest revision of each, and computes an answer from these. A
 * grouping of answers receives both an answer and the revisions that replaced it; adding them up
 * would count events twice.
 *
 * <p>Data: answers of one window → one answer about them. Time: none. State: the latest answer of
 * each key, for as long as the grouping keeps it. Late: a revision replaces the earlier answer; a
 * withdrawal removes it, and if no answer is left, the answer about them is withdrawn.
 *
 * <pre>{@code
 * Answers.perKey(LatestFn.of(products -> TopProducts.of(10, products), TopProducts.class))
 * }</pre>
 */
public final class LatestFn<K, V, OutT extends Record>
    extends CombineFn<Answer<K, V>, Map<K, Answer<K, V>>, OutT> {

  private static final long serialVersionUID = 1L;

  private final SerializableFunction<Collection<Answer<K, V>>, OutT> answer;
  private final Class<OutT> out;

  private LatestFn(SerializableFunction<Collection<Answer<K, V>>, OutT> answer, Class<OutT> out) {
    this.answer = answer;
    this.out = out;
  }

  /**
   * Answers about answers.
   *
   * @param answer computes the answer from the latest answers, independent of their order
   * @param out its record type
   */
  public static <K, V, OutT extends Record> LatestFn<K, V, OutT> of(
      SerializableFunction<Collection<Answer<K, V>>, OutT> answer, Class<OutT> out) {
    return new LatestFn<>(answer, out);
  }

  @Override
  public Map<K, Answer<K, V>> createAccumulator() {
    return new HashMap<>();
  }

  @Override
  public Map<K, Answer<K, V>> addInput(Map<K, Answer<K, V>> latest, Answer<K, V> next) {
    latest.merge(next.key(), next, (a, b) -> a.revision() >= b.revision() ? a : b);
    return latest;
  }

  @Override
  public Map<K, Answer<K, V>> mergeAccumulators(Iterable<Map<K, Answer<K, V>>> parts) {
    Map<K, Answer<K, V>> latest = createAccumulator();
    for (Map<K, Answer<K, V>> part : parts) {
      part.values().forEach(next -> addInput(latest, next));
    }
    return latest;
  }

  @Override
  public OutT extractOutput(Map<K, Answer<K, V>> latest) {
    List<Answer<K, V>> given =
        latest.values().stream().filter(answer -> !answer.isWithdrawn()).toList();
    return given.isEmpty() ? null : answer.apply(given);
  }

  @Override
  public Coder<Map<K, Answer<K, V>>> getAccumulatorCoder(
      CoderRegistry registry, Coder<Answer<K, V>> input) {
    if (!(input instanceof AnswerCoder<K, V> answers)) {
      throw new IllegalArgumentException("answers are coded by an AnswerCoder, not by " + input);
    }
    return MapCoder.of(answers.keyCoder(), answers);
  }

  @Override
  public Coder<OutT> getDefaultOutputCoder(CoderRegistry registry, Coder<Answer<K, V>> input) {
    return RecordCoder.of(out);
  }
}
