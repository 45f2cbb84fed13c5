package dhara.transforms.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import java.util.Arrays;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowedKeyTest {

  private static final WindowedKey.InWindow<String> CODER =
      WindowedKey.InWindow.of(StringUtf8Coder.of());

  @ParameterizedTest
  @CsvSource({"0, 60000", "-60000, 0", "0, 253402214400000", "1767225600000, 1767225660000"})
  void aWindowAndAKeyAreReadAsTheyWereWritten(long start, long end) throws Exception {
    WindowedKey<String> key = new WindowedKey<>(start, end, "a");

    byte[] bytes = CoderUtils.encodeToByteArray(CODER, key);

    assertThat(CoderUtils.decodeFromByteArray(CODER, bytes), is(key));
    assertThat(
        Arrays.equals(
            CoderUtils.encodeToByteArray(CODER, new WindowedKey<>(start, end + 1, "a")), bytes),
        is(false));
  }

  @ParameterizedTest
  @CsvSource({"0, 60000", "-60000, 0", "0, 253402214400000", "1767225600000, 1767225660000"})
  void blocksHaveTheSameBytesAsOtherStreams(long start, long end) throws Exception {
    WindowedKey<String> key = new WindowedKey<>(start, end, "a");
    byte[] bytes = CoderUtils.encodeToByteArray(CODER, key);

    RecordOutput block = new RecordOutput(64);
    CODER.encode(key, block);

    assertThat(Arrays.copyOf(block.bytes(), block.size()), is(bytes));
    assertThat(CODER.decode(new RecordInput(bytes, 0, bytes.length)), is(key));
  }
}
