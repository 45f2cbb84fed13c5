package dhara.transforms.tally;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTableTest {

  /** Of 16 bytes, which somebody chose because their hashes are equal. */
  private static List<byte[]> chosen(int count) {
    List<byte[]> chosen = new ArrayList<>();
    for (long first = 0; first < count; first++) {
      // The second eight bytes make up for the first.
      chosen.add(
          ByteBuffer.allocate(16).putLong(first).putLong(mixed(16 ^ first) ^ 0xD4A8A).array());
    }
    return chosen;
  }

  private static long mixed(long bits) {
    long product = (bits ^ (bits >>> 32)) * 0x9E3779B97F4A7C15L;
    return product ^ (product >>> 32);
  }

  private static byte[] written(TextTable table) {
    RecordOutput out = new RecordOutput(64);
    table.writeTo(out);
    return Arrays.copyOf(out.bytes(), out.size());
  }

  /** With a comparison of each with all others, this would take minutes. */
  @Test
  void textsThatWereChosenForTheirEqualHashesAreEachThereOnceAndInOrder() {
    List<byte[]> texts = chosen(300_000);
    RecordOutput expected = new RecordOutput(64);
    for (byte[] text : texts) {
      assertThat(TextTable.hash(text, 0, 16), is(TextTable.hash(texts.get(0), 0, 16)));
      expected.writeVarint(16);
      expected.write(text, 0, 16);
    }
    List<byte[]> shuffled = new ArrayList<>(texts);
    Collections.shuffle(shuffled, new Random(7));
    TextTable table = new TextTable();
    for (List<byte[]> all : List.of(shuffled, texts)) {
      all.forEach(text -> table.add(text, 0, text.length));
    }

    assertThat(table.size(), is(texts.size()));
    byte[] bytes = written(table);
    assertThat(Arrays.equals(bytes, Arrays.copyOf(expected.bytes(), expected.size())), is(true));

    TextTable read = new TextTable(bytes);
    read.add("another");
    read.add(texts.get(9), 0, 16);
    assertThat(read.size(), is(texts.size() + 1));
  }
}
