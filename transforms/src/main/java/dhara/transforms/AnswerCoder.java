package dhara.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.util.VarInt;

/** Codes an {@link Answer}: key, window and revision, value. Windows are whole milliseconds. */
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
    VarInt.encode(answer.revision(), out);
    value.encode(answer.value(), out);
  }

  @Override
  public Answer<K, V> decode(InputStream in) throws IOException {
    return new Answer<>(
        key.decode(in),
        Instant.ofEpochMilli(VarInt.decodeLong(in)),
        Instant.ofEpochMilli(VarInt.decodeLong(in)),
        VarInt.decodeLong(in),
        value.decode(in));
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
