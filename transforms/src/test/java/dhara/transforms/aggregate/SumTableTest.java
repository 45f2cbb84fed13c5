package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.api.Test;

/** Blocks of sums, and the table that merges them; sums are texts, so that order shows. */
class SumTableTest {

  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

  private record Sum(long revision, String sum) {}

  record Total(long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(sum + other.sum);
    }
  }

  private static SumTable<String> table() {
    return new SumTable<>((a, b) -> a + b, TEXT);
  }

  /** A block of keys, revisions and sums: {@code "k", 0, "sum"}. */
  private static byte[] block(Object... entries) throws IOException {
    BlockWriter writer = new BlockWriter();
    RecordOutput key = new RecordOutput(64);
    for (int i = 0; i < entries.length; i += 3) {
      key.cutTo(0);
      TEXT.encode((String) entries[i], key);
      writer.add(key.bytes(), 0, key.size(), (int) entries[i + 1], (String) entries[i + 2], TEXT);
    }
    return writer.toBytes();
  }

  private static Map<String, Sum> sums(SumTable<String> table) throws IOException {
    Map<String, Sum> sums = new HashMap<>();
    table.forEach(TEXT, (key, revision, sum) -> sums.put(key, new Sum(revision, sum)));
    return sums;
  }

  @Test
  void sumsOfOneKeyAddUpAndSoDoTheirRevisions() throws IOException {
    SumTable<String> table =
        table().add(List.of(block("a", 0, "x", "b", 1, "y"), block("b", 2, "z"), block()));

    assertThat(sums(table), is(Map.of("a", new Sum(0, "x"), "b", new Sum(3, "yz"))));
    assertThat(table.size(), is(2));
    assertThat(table.added(), is(3L));
    assertThat(sums(table().add(table.toBlock())), is(sums(table)));
  }

  @Test
  void aSumReplacesOneOfALowerRevisionWhateverTheOrderOfBlocks() throws IOException {
    byte[] first = block("a", 0, "x", "b", 0, "y");
    byte[] second = block("a", 1, "xx");
    byte[] third = block("a", 2, "xxx");
    Map<String, Sum> last = Map.of("a", new Sum(2, "xxx"), "b", new Sum(0, "y"));

    assertThat(sums(table().replace(List.of(first, second, third))), is(last));
    assertThat(sums(table().replace(List.of(third, first, second))), is(last));
  }

  @Test
  void newSumsFollowTheLastOnesThatWereGivenOfTheirKeys() throws IOException {
    List<byte[]> given = List.of(block("a", 1, "xx", "b", 0, "y"), block("a", 0, "x"));

    assertThat(
        sums(table().add(block("a", 0, "!", "c", 0, "z")).revise(given, 0)),
        is(Map.of("a", new Sum(2, "xx!"), "c", new Sum(0, "z"))));
    assertThat(
        sums(table().add(block("c", 0, "z")).revise(given, 1)), is(Map.of("c", new Sum(1, "z"))));
  }

  @Test
  void longKeysAndSumsAreWholeAgain() throws IOException {
    for (int length : new int[] {0, 1, 126, 127, 128, 16_382, 16_383, 16_384, 70_000}) {
      String key = "k".repeat(length);
      String sum = "s".repeat(length);
      assertThat(
          sums(table().add(block("before", 7, "x", key, 0, sum, "after", 9, "y"))),
          is(Map.of("before", new Sum(7, "x"), key, new Sum(0, sum), "after", new Sum(9, "y"))));
    }
  }

  @Test
  void manyRandomKeysAddUpAsInAMap() throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    Map<String, Sum> naive = new HashMap<>();
    SumTable<String> table = table();
    for (int block = 0; block < 50; block++) {
      BlockWriter writer = new BlockWriter();
      RecordOutput key = new RecordOutput(64);
      for (int i = 0; i < 1000; i++) {
        String text = "user-" + random.nextInt(20_000);
        String sum = Integer.toString(random.nextInt(10));
        key.cutTo(0);
        TEXT.encode(text, key);
        writer.add(key.bytes(), 0, key.size(), 0, sum, TEXT);
        naive.merge(text, new Sum(0, sum), (a, b) -> new Sum(0, a.sum() + b.sum()));
      }
      table.add(writer.toBytes());
    }
    assertThat(sums(table), is(naive));
  }

  @Test
  void keysThatAreNumbersInARowDifferInTheirHashes() throws IOException {
    for (Coder<Long> numbers : List.of(BigEndianLongCoder.of(), VarLongCoder.of())) {
      Set<Integer> hashes = new HashSet<>();
      RecordOutput key = new RecordOutput(64);
      for (long number = 0; number < 100_000; number++) {
        key.cutTo(0);
        numbers.encode(number, key);
        hashes.add(BlockReader.hash(key.bytes(), 0, key.size()));
      }
      assertThat(numbers.toString(), hashes.size(), is(greaterThan(99_900)));
    }
  }

  @Test
  void whatAFailedBundleLeftIsForgotten() throws IOException {
    TallyFn<Long, Total, Total> total =
        TallyFn.of(new Total(0), Total::new, Total.class, sum -> sum);
    BundleSums<String, String, Long, Total> bundle =
        new BundleSums<>(
            new Aggregation<>(
                total, TEXT, RecordCoder.of(Total.class), RecordCoder.of(Total.class)),
            1);
    bundle.in("window").add("a", 1L);
    assertThrows(
        IllegalStateException.class,
        () ->
            bundle.flush(
                (window, shard, block) -> {
                  throw new IllegalStateException("the engine takes no more");
                }));
    bundle.clear();
    bundle.in("window").add("b", 2L);
    List<byte[]> blocks = new ArrayList<>();
    bundle.flush((window, shard, block) -> blocks.add(block));

    Map<String, Total> sums = new HashMap<>();
    new SumTable<>(Total::plus, RecordCoder.of(Total.class))
        .add(blocks)
        .forEach(TEXT, (key, revision, sum) -> sums.put(key, sum));
    assertThat(sums, is(Map.of("b", new Total(2))));
  }

  @Test
  void bundlesOfScatteredKeysAddUpAsThoseOfFewDo() throws IOException {
    TallyFn<Long, Total, Total> total =
        TallyFn.of(new Total(0), Total::new, Total.class, sum -> sum);
    BundleSums<Integer, String, Long, Total> bundle =
        new BundleSums<>(
            new Aggregation<>(
                total, TEXT, RecordCoder.of(Total.class), RecordCoder.of(Total.class)),
            8);
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Total> naive = new HashMap<>();
    SumTable<Total> table = new SumTable<>(Total::plus, RecordCoder.of(Total.class));
    List<Integer> handedOver = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      // Many keys, few, and many again, for longer than the interval between probes.
      int keys = i < 10 || i > 50 ? 1_000_000 : 10;
      for (int value = 0; value < 2000; value++) {
        String key = "key-" + random.nextInt(keys);
        bundle.in(value % 3).add(key, (long) value);
        naive.merge(key, new Total(value), Total::plus);
      }
      handedOver.add(bundle.size());
      List<byte[]> blocks = new ArrayList<>();
      bundle.flush((window, shard, block) -> blocks.add(block));
      table.add(blocks);
      assertThat(bundle.size(), is(0));
    }
    Map<String, Total> sums = new HashMap<>();
    table.forEach(TEXT, (key, revision, sum) -> sums.put(key, sum));
    assertThat(sums, is(naive));
    assertThat("few keys are found to be few", handedOver.get(50), is(30));
  }

  @Test
  void aBlockThatBreaksOffIsRefused() throws IOException {
    byte[] whole = block("abc", 300, "x".repeat(200));
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(
          assertThrows(EOFException.class, () -> table().add(part)).getMessage(),
          containsString("breaks off"));
    }
  }
}
