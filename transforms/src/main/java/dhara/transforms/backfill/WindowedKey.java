package dhara.transforms.backfill;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.util.VarInt;

/**
 * A key with its window: in a backfill the window is part of the key, so that the engine keeps no
 * windows.
 *
 * @param start start of the window (inclusive), epoch milliseconds
 * @param end end of the window (exclusive), epoch milliseconds
 */
public record WindowedKey<K>(long start, long end, K key) {

  /** The coder: the window, then the key. */
  public static final class InWindow<K> extends StructuredCoder<WindowedKey<K>> {

    private static final long serialVersionUID = 1L;

    private final Coder<K> keys;

    private InWindow(Coder<K> keys) {
      this.keys = keys;
    }

    /** The coder of keys in their windows. */
    public static <K> InWindow<K> of(Coder<K> keys) {
      return new InWindow<>(keys);
    }

    @Override
    public void encode(WindowedKey<K> value, OutputStream out) throws IOException {
      writeVarint(value.start, out);
      writeVarint(value.end - value.start, out);
      keys.encode(value.key, out);
    }

    @Override
    public WindowedKey<K> decode(InputStream in) throws IOException {
      long start = readVarint(in);
      return new WindowedKey<>(start, start + readVarint(in), keys.decode(in));
    }

    /** As {@link VarInt} does; it writes byte by byte, which blocks need not do. */
    private static void writeVarint(long value, OutputStream out) throws IOException {
      if (out instanceof RecordOutput block) {
        block.writeVarint(value);
      } else {
        VarInt.encode(value, out);
      }
    }

    private static long readVarint(InputStream in) throws IOException {
      return in instanceof RecordInput block ? block.readVarint() : VarInt.decodeLong(in);
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(keys);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      keys.verifyDeterministic();
    }
  }
}
