package dhara.transforms.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.windows.SlideGrid;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlidingTableTest {

  private record InWindow(String key, long end) {}

  private static final WindowedKey.InWindow<String> KEYS =
      WindowedKey.InWindow.of(StringUtf8Coder.of());

  /** One stretch of time, from before 1970 until after it. */
  private static final long START = -600_000;

  private static final long END = 600_000;

  @ParameterizedTest
  @CsvSource({
    "60, 10, 400, 5000000",
    "70, 20, 400, 5000000",
    "60, 60, 400, 5000000",
    "60, 10, 400, 0",
    "70, 20, 6, 5000000",
    "70, 20, 1, 0"
  })
  void everyWindowThatEndsInTheStretchAndHasASliceIsTheSumOfItsSlices(
      int width, int every, int entries, long least) throws IOException {
    SlideGrid grid =
        SlideGrid.of(Windows.sliding(Duration.ofSeconds(width), Duration.ofSeconds(every)));
    SplittableRandom random = new SplittableRandom(width + every + entries);
    BlockWriter block = new BlockWriter();
    RecordOutput key = new RecordOutput(64);
    Map<InWindow, Long> naive = new HashMap<>();
    for (int i = 0; i < entries; i++) {
      String text = "user " + random.nextInt(5);
      long start = random.nextLong(-66, 66) * grid.slice();
      long value = random.nextInt(100);
      key.cutTo(0);
      KEYS.encode(new WindowedKey<>(START, END, text), key);
      block.add(key.bytes(), 0, key.size(), start, value, VarLongCoder.of());
      for (long end = START; end < END; end += 1_000) {
        boolean window = Math.floorMod(end - grid.width(), grid.every()) == 0;
        if (window && start >= end - grid.width() && start < end) {
          naive.merge(new InWindow(text, end), value, Long::sum);
        }
      }
    }
    TableBudget budget = new TableBudget(0);
    Map<InWindow, Long> given = new HashMap<>();

    new PartedMerge(
            () ->
                new SlidingTable<String, Long>(
                    grid,
                    new Summing<>(KEYS, VarLongCoder.of(), Long::sum),
                    new Room(budget, least),
                    (user, end, sum) -> {
                      Long before = given.put(new InWindow(user, end), sum);
                      assertThat(before == null, is(true));
                    }),
            budget)
        .merge(List.of(block.toBytes()));

    assertThat(naive.size(), greaterThan(0));
    assertThat(given, is(naive));
  }
}
