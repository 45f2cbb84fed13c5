package dhara.runners.flink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.flink.runtime.io.compression.BlockCompressionFactory;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Flink and Kafka's client compress blocks with a library that checks its bounds. */
class FlinkCompressionTest {

  private static final byte[] BYTES = "a shuffled block, ".repeat(1_000).getBytes(UTF_8);

  @Test
  void thereIsOneLz4AndItIsTheOneThatIsMaintained() throws IOException {
    List<URL> found =
        Collections.list(
            getClass().getClassLoader().getResources("net/jpountz/lz4/LZ4Factory.class"));

    assertThat(found.toString(), found, hasSize(1));
    assertThat(found.get(0).toString(), containsString("at/yawk/lz4"));
  }

  @Test
  void whatFlinkCompressesItReadsAgain() throws Exception {
    BlockCompressionFactory lz4 = BlockCompressionFactory.createBlockCompressionFactory("LZ4");
    byte[] compressed = new byte[2 * BYTES.length];
    int size = lz4.getCompressor().compress(BYTES, 0, BYTES.length, compressed, 0);
    byte[] read = new byte[BYTES.length];

    assertThat(size, is(lessThan(BYTES.length / 10)));
    assertThat(lz4.getDecompressor().decompress(compressed, 0, size, read, 0), is(BYTES.length));
    assertThat(Arrays.equals(read, BYTES), is(true));
  }

  @Test
  void whatKafkaCompressesItReadsAgain() {
    MemoryRecords records =
        MemoryRecords.withRecords(Compression.lz4().build(), new SimpleRecord(BYTES));

    assertThat(records.sizeInBytes(), is(lessThan(BYTES.length / 10)));
    ByteBuffer value = records.records().iterator().next().value();
    assertThat(value, is(ByteBuffer.wrap(BYTES)));
  }
}
