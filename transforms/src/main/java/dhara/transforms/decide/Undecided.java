package dhara.transforms.decide;

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

/** An answer whose value is decided about: the time and the id are those of the value. */
record Undecided<K, E extends Event>(Answer<K, E> answer) implements Event {

  Undecided {
    if (answer.isWithdrawn()) {
      throw new IllegalStateException(
          "an answer that is decided about can be replaced but not withdrawn: " + answer);
    }
  }

  @Override
  public String id() {
    return answer.value().id();
  }

  @Override
  public Instant at() {
    return answer.value().at();
  }

  /** The decision, as an answer of the same key and window. */
  <O> Answer<K, O> decided(long revision, boolean first, O decision) {
    return new Answer<>(answer.key(), answer.start(), answer.end(), revision, first, decision);
  }

  /** The coder of these, if their answers have a coder. */
  static <K, E extends Event> Coder<Undecided<K, E>> coder(AnswerCoder<K, E> answers) {
    return new UndecidedCoder<>(answers);
  }

  private static final class UndecidedCoder<K, E extends Event>
      extends StructuredCoder<Undecided<K, E>> {

    private static final long serialVersionUID = 1L;

    private final AnswerCoder<K, E> answers;

    UndecidedCoder(AnswerCoder<K, E> answers) {
      this.answers = answers;
    }

    @Override
    public void encode(Undecided<K, E> asked, OutputStream out) throws IOException {
      answers.encode(asked.answer, out);
    }

    @Override
    public Undecided<K, E> decode(InputStream in) throws IOException {
      return new Undecided<>(answers.decode(in));
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
