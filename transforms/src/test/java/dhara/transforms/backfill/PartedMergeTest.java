package dhara.transforms.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.CollidingKeys;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartedMergeTest {

  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

  /** Blocks of random entries, and what they add up to. */
  private record Shard(List<byte[]> blocks, Map<String, Long> naive) {

    static Shard random(long seed, int keys) throws IOException {
      SplittableRandom random = new SplittableRandom(seed);
      List<byte[]> blocks = new ArrayList<>();
      Map<String, Long> naive = new HashMap<>();
      RecordOutput key = new RecordOutput(64);
      for (int i = 0; i < 100; i++) {
        BlockWriter writer = new BlockWriter();
        for (int j = 0; j < 100; j++) {
          String text = "key " + random.nextInt(keys);
          long value = random.nextInt(1_000);
          key.cutTo(0);
          TEXT.encode(text, key);
          writer.add(key.bytes(), 0, key.size(), 0, value, VarLongCoder.of());
          naive.merge(text, value, Long::sum);
        }
        blocks.add(writer.toBytes());
      }
      return new Shard(blocks, naive);
    }
  }

  private static MergedSums<String, Long> table(
      Room room, MergedSums.MergedSumTaker<String, Long> taker) {
    return new MergedSums<>(new Summing<>(TEXT, VarLongCoder.of(), Long::sum), room, taker);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 30_000, Long.MAX_VALUE})
  void everyKeyIsGivenOnceWithTheSumOfAllItsEntriesHoweverLittleRoomThereIs(long least)
      throws IOException {
    Shard shard = Shard.random(7, 2_000);
    TableBudget budget = new TableBudget(0);
    Map<String, Long> sums = new HashMap<>();
    List<String> twice = new ArrayList<>();

    PartedMerge merge =
        new PartedMerge(
            () ->
                table(
                    new Room(budget, least),
                    (key, sum) -> {
                      if (sums.put(key, sum) != null) {
                        twice.add(key);
                      }
                    }),
            budget);
    merge.merge(shard.blocks);

    assertThat(twice, is(List.of()));
    assertThat(sums, is(shard.naive));
    assertThat(merge.deepest() > 0, is(least < Long.MAX_VALUE));
  }

  @Test
  void keysThatWereChosenForTheirEqualHashesArePartedAllTheSame() throws IOException {
    Map<String, Long> naive = new HashMap<>();
    BlockWriter writer = new BlockWriter();
    for (String text : CollidingKeys.of(12)) {
      byte[] key = CollidingKeys.encoded(text);
      writer.add(key, 0, key.length, 0, 1L, VarLongCoder.of());
      naive.put(text, 1L);
    }
    TableBudget budget = new TableBudget(0);
    Map<String, Long> sums = new HashMap<>();

    PartedMerge merge = new PartedMerge(() -> table(new Room(budget, 10_000), sums::put), budget);
    merge.merge(List.of(writer.toBytes()));

    assertThat(sums, is(naive));
    assertThat(merge.deepest(), is(lessThan(12)));
  }

  @Test
  void aBudgetIsUsedBeforeAnythingIsPutAsideAndGivenBackInTheEnd() throws IOException {
    Shard shard = Shard.random(8, 2_000);
    long bytes = 64 << 20;
    TableBudget budget = new TableBudget(bytes);
    Map<String, Long> sums = new HashMap<>();

    PartedMerge merge = new PartedMerge(() -> table(new Room(budget, 0), sums::put), budget);
    merge.merge(shard.blocks);

    assertThat(sums, is(shard.naive));
    assertThat(merge.deepest(), is(0));
    assertThat("all is given back", budget.take(bytes), is(true));
  }

  @Test
  void aSumThatGrowsTakesRoomFromOtherKeys() throws IOException {
    RecordOutput key = new RecordOutput(64);
    BlockWriter growing = new BlockWriter();
    TEXT.encode("first", key);
    for (int i = 0; i < 1_000; i++) {
      growing.add(key.bytes(), 0, key.size(), 0, "x", TEXT);
    }
    key.cutTo(0);
    TEXT.encode("second", key);
    growing.add(key.bytes(), 0, key.size(), 0, "y", TEXT);
    TableBudget budget = new TableBudget(0);
    Map<String, Integer> lengths = new HashMap<>();

    PartedMerge merge =
        new PartedMerge(
            () ->
                new MergedSums<String, String>(
                    new Summing<>(TEXT, TEXT, String::concat),
                    new Room(budget, 1_000),
                    (text, sum) -> lengths.put(text, sum.length())),
            budget);
    merge.merge(List.of(growing.toBytes()));

    assertThat(lengths, is(Map.of("first", 1_000, "second", 1)));
    assertThat(merge.deepest(), greaterThan(0));
  }
}
