package dhara.connectors.kafka.offsets;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * A range of offsets of a partition that is read in one go.
 *
 * @param partition the partition
 * @param from the first offset (inclusive)
 * @param until the end (exclusive)
 */
public record KafkaRange(int partition, long from, long until) {

  /** Cut into ranges of at most {@code most} offsets, so that workers share a long partition. */
  public List<KafkaRange> cut(long most) {
    List<KafkaRange> ranges = new ArrayList<>();
    for (long at = from; at < until; at += most) {
      ranges.add(new KafkaRange(partition, at, Math.min(until, at + most)));
    }
    return ranges;
  }

  /** Three variable-length integers. */
  public static final class RangeCoder extends AtomicCoder<KafkaRange> {

    private static final VarLongCoder NUMBERS = VarLongCoder.of();

    @Override
    public void encode(KafkaRange range, OutputStream out) throws IOException {
      NUMBERS.encode((long) range.partition(), out);
      NUMBERS.encode(range.from(), out);
      NUMBERS.encode(range.until(), out);
    }

    @Override
    public KafkaRange decode(InputStream in) throws IOException {
      return new KafkaRange(
          Math.toIntExact(NUMBERS.decode(in)), NUMBERS.decode(in), NUMBERS.decode(in));
    }
  }
}
