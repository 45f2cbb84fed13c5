package dhara.transforms.effect;

import dhara.records.RecordOutput;
import dhara.transforms.aggregate.Answer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Keys answers by their key and window, as bytes. Drops what withdraws nothing, because an analysis
 * that answers at arrival may derive such a withdrawal from almost every event.
 */
final class KeyWindowFn<K, V> extends DoFn<Answer<K, V>, KV<byte[], Answer<K, V>>> {

  private static final long serialVersionUID = 1L;

  private final Coder<K> keys;

  KeyWindowFn(Coder<K> keys) {
    this.keys = keys;
  }

  @ProcessElement
  public void process(@Element Answer<K, V> answer, OutputReceiver<KV<byte[], Answer<K, V>>> out)
      throws IOException {
    RecordOutput name = new RecordOutput(64);
    if (write(answer, keys, name)) {
      out.output(KV.of(Arrays.copyOf(name.bytes(), name.size()), answer));
    }
  }

  /**
   * Appends the key and window of an answer.
   *
   * @return false if the answer withdraws nothing
   */
  static <K, V> boolean write(Answer<K, V> answer, Coder<K> keys, RecordOutput name)
      throws IOException {
    if (answer.isWithdrawn() && answer.revision() == 0) {
      return false; // for sinks alone: no state holds an answer that this could take back
    }
    name.writeVarint(answer.start().toEpochMilli());
    name.writeVarint(answer.end().toEpochMilli());
    keys.encode(answer.key(), name);
    return true;
  }
}
