package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.util.VarInt;

/**
 * Codes an {@link Answer}: key, window and revision, value. Windows are whole milliseconds. A
 * withdrawn answer has the complement of its revision, which is negative, and no value after it.
 * The first answer of its key and window has revision 0 as a rule; where it is otherwise, the
 * revision is marked by a bit that no revision has. So answers that states hold are coded as they
 * were before answers could be withdrawn.
 */
public final class AnswerCoder<K, V> extends StructuredCoder<Answer<K, V>> {

  private static final long serialVersionUID = 1L;

  private final Coder<K> key;
  private final Coder<V> value;

  private AnswerCoder(Coder<K> key, Coder<V> value) {
    this.key = key;
    this.value = value;
  }

  /** The coder of answers with these keys and values. */
  public static <K, V> AnswerCoder<K, V> of(Coder<K> key, Coder<V> value) {
    return new AnswerCoder<>(key, value);
  }

  /** Codes the key. */
  public Coder<K> keyCoder() {
    return key;
  }

  /** Codes the value. */
  public Coder<V> valueCoder() {
    return value;
  }

  @Override
  public void encode(Answer<K, V> answer, OutputStream out) throws IOException {
    key.encode(answer.key(), out);
    VarInt.encode(answer.start().toEpochMilli(), out);
    VarInt.encode(answer.end().toEpochMilli(), out);
    if (answer.isWithdrawn()) {
      VarInt.encode(~answer.revision(), out);
      return;
    }
    boolean marked = answer.first() != (answer.revision() == 0);
    VarInt.encode(marked ? answer.revision() | Answer.REVISIONS : answer.revision(), out);
    value.encode(answer.value(), out);
  }

  @Override
  public Answer<K, V> decode(InputStream in) throws IOException {
    K of = key.decode(in);
    Instant start = Instant.ofEpochMilli(VarInt.decodeLong(in));
    Instant end = Instant.ofEpochMilli(VarInt.decodeLong(in));
    long coded = VarInt.decodeLong(in);
    boolean withdrawn = coded < 0;
    boolean marked = coded >= Answer.REVISIONS;
    long revision = withdrawn ? ~coded : marked ? coded - Answer.REVISIONS : coded;
    if (revision >= Answer.REVISIONS) {
      throw new CoderException("no answer has the revision " + revision);
    }
    return withdrawn
        ? Answer.withdrawn(of, start, end, revision)
        : new Answer<>(of, start, end, revision, marked != (revision == 0), value.decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(key, value);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "its key and value must be coded deterministically", key, value);
  }
}
