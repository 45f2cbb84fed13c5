package dhara.transforms.order;

import dhara.transforms.aggregate.Answer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/**
 * Keeps the answers whose values meet a condition. A revision that does not meet it withdraws the
 * answer, because an earlier one may have met it.
 *
 * <p>Data: answers → some of them, and withdrawals. Time: kept. State: none, so what was never
 * given may be withdrawn. Late: as the answers are.
 *
 * <pre>{@code
 * decisions.apply(AnswersWhere.of(decision -> decision.action() == BLOCK))
 * }</pre>
 */
public final class AnswersWhere<K, V>
    extends PTransform<PCollection<Answer<K, V>>, PCollection<Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final SerializableFunction<V, Boolean> condition;

  private AnswersWhere(SerializableFunction<V, Boolean> condition) {
    this.condition = condition;
  }

  /** Keeps answers whose values meet a condition. */
  public static <K, V> AnswersWhere<K, V> of(SerializableFunction<V, Boolean> condition) {
    return new AnswersWhere<>(condition);
  }

  @Override
  public PCollection<Answer<K, V>> expand(PCollection<Answer<K, V>> answers) {
    return answers.apply("Where", ParDo.of(new WhereFn<>(condition))).setCoder(answers.getCoder());
  }

  private static final class WhereFn<K, V> extends DoFn<Answer<K, V>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<V, Boolean> condition;

    WhereFn(SerializableFunction<V, Boolean> condition) {
      this.condition = condition;
    }

    @ProcessElement
    public void process(@Element Answer<K, V> answer, OutputReceiver<Answer<K, V>> out) {
      if (answer.isWithdrawn() || condition.apply(answer.value())) {
        out.output(answer);
      } else if (!answer.first()) {
        out.output(Answer.withdrawn(answer.key(), answer.start(), answer.end(), answer.revision()));
      }
    }
  }
}
