package dhara.transforms.join;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * An answer that is joined as a fact: the time and the id are those of its value. A withdrawn one
 * has neither; it is passed on as it is.
 */
record AnswerFact<K, F extends Event>(Answer<K, F> answer) implements Event {

  @Override
  public String id() {
    return answer.isWithdrawn() ? "" : answer.value().id();
  }

  @Override
  public Instant at() {
    return answer.isWithdrawn() ? answer.start() : answer.value().at();
  }

  /** The coder of facts whose answers have a coder. */
  static <K, F extends Event> Coder<AnswerFact<K, F>> coder(AnswerCoder<K, F> answers) {
    return new AnswerFactCoder<>(answers);
  }

  private static final class AnswerFactCoder<K, F extends Event>
      extends StructuredCoder<AnswerFact<K, F>> {

    private static final long serialVersionUID = 1L;

    private final AnswerCoder<K, F> answers;

    AnswerFactCoder(AnswerCoder<K, F> answers) {
      this.answers = answers;
    }

    @Override
    public void encode(AnswerFact<K, F> fact, OutputStream out) throws IOException {
      answers.encode(fact.answer, out);
    }

    @Override
    public AnswerFact<K, F> decode(InputStream in) throws IOException {
      return new AnswerFact<>(answers.decode(in));
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(answers);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      answers.verifyDeterministic();
    }
  }
}
