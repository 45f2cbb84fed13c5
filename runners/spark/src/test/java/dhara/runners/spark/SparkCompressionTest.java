package dhara.runners.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.io.LZ4CompressionCodec;
import org.junit.jupiter.api.Test;

/** Spark compresses what it shuffles with a library that checks its bounds. */
class SparkCompressionTest {

  @Test
  void thereIsOneLz4AndItIsTheOneThatIsMaintained() throws IOException {
    List<URL> found =
        Collections.list(
            getClass().getClassLoader().getResources("net/jpountz/lz4/LZ4Factory.class"));

    assertThat(found.toString(), found, hasSize(1));
    assertThat(found.get(0).toString(), containsString("at/yawk/lz4"));
  }

  @Test
  void whatSparkCompressesItReadsAgain() throws IOException {
    byte[] bytes = "a shuffled block, ".repeat(10_000).getBytes(UTF_8);
    LZ4CompressionCodec codec = new LZ4CompressionCodec(new SparkConf(false));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = codec.compressedOutputStream(compressed)) {
      out.write(bytes);
    }

    assertThat(compressed.size(), is(lessThan(bytes.length / 10)));
    try (InputStream in =
        codec.compressedInputStream(new ByteArrayInputStream(compressed.toByteArray()))) {
      assertThat(in.readAllBytes(), is(bytes));
    }
  }
}
