package dhara.transforms.shards;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldBlocksTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000, 100_000, Long.MAX_VALUE})
  void blocksAreGivenAgainInTheirOrderAndNoMoreOfThemInMemoryThanThereIsRoom(long room)
      throws IOException {
    Random random = new Random(3);
    List<byte[]> blocks = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < 300; i++) {
      byte[] block = new byte[random.nextInt(2_000)];
      random.nextBytes(block);
      blocks.add(block);
      bytes += block.length;
    }
    TableBudget budget = new TableBudget(room);
    List<byte[]> again = new ArrayList<>();
    try (HeldBlocks held = new HeldBlocks(budget)) {
      for (byte[] block : blocks) {
        held.add(block);
      }
      assertThat(held.bytesInMemory(), lessThanOrEqualTo(Math.min(room, bytes)));
      assertThat(bytes, greaterThan(100_000L));
      held.forEach(again::add);
    }
    assertThat(again.size(), is(blocks.size()));
    for (int i = 0; i < blocks.size(); i++) {
      assertThat("block " + i, Arrays.equals(again.get(i), blocks.get(i)), is(true));
    }
    assertThat("all room is given back", budget.take(room), is(true));
  }
}
