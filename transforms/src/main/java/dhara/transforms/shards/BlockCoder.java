package dhara.transforms.shards;

import dhara.records.RecordInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * The coder of a block, in which keys and sums are already encoded. Its arguments are the coders of
 * these, so that tools that inspect a graph see what its state holds.
 *
 * @param <K> a key
 * @param <AccT> a sum
 */
public final class BlockCoder<K, AccT> extends StructuredCoder<byte[]> {

  private static final long serialVersionUID = 1L;

  private final Coder<K> keys;
  private final Coder<AccT> sums;

  private BlockCoder(Coder<K> keys, Coder<AccT> sums) {
    this.keys = keys;
    this.sums = sums;
  }

  public static <K, AccT> BlockCoder<K, AccT> of(Coder<K> keys, Coder<AccT> sums) {
    return new BlockCoder<>(keys, sums);
  }

  /** The coder of the keys in a block, which are compared by their bytes. */
  public Coder<K> keyCoder() {
    return keys;
  }

  /** The coder of the sums in a block. */
  public Coder<AccT> sumCoder() {
    return sums;
  }

  @Override
  public void encode(byte[] block, OutputStream out) throws IOException {
    ByteArrayCoder.of().encode(block, out);
  }

  @Override
  public byte[] decode(InputStream in) throws IOException {
    return RecordInput.readBytes(in);
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(keys, sums);
  }

  @Override
  public void verifyDeterministic() {}
}
