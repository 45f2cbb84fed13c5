package dhara.transforms.shards;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;

import dhara.transforms.aggregate.Arrivals;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class BlockFnTest {

  private static final Instant AT = Arrivals.time("10:00:01");

  /** All in one shard, since there is one. */
  private static final BlockFn<String> BLOCKS =
      new BlockFn<>(
          StringUtf8Coder.of(),
          1,
          () ->
              (word, at, blocks) -> {
                byte[] key = word.getBytes(StandardCharsets.UTF_8);
                blocks.add(0, key, key.length, at, word);
              });

  @Test
  void theElementsOfABundleAreInABlock() throws Exception {
    assertThat(words(BLOCKS), contains(List.of("a", "b", "c")));
    assertThat(words(BLOCKS.atOnce(false)), contains(List.of("a", "b", "c")));
  }

  @Test
  void atOnceEachElementIsInABlockOfItsOwn() throws Exception {
    List<List<String>> words = words(BLOCKS.atOnce(true));

    assertThat(words, hasSize(3));
    assertThat(words.stream().flatMap(List::stream).sorted().toList(), contains("a", "b", "c"));
  }

  /** What is in each block of a bundle of three words. */
  private static List<List<String>> words(BlockFn<String> fn) throws Exception {
    List<KV<Integer, byte[]>> blocks =
        Arrivals.of(StringUtf8Coder.of())
            .bundle(Arrivals.time("10:00:00"), List.of("a", "b", "c"), word -> AT)
            .streamed(new Blocks(fn));
    List<List<String>> words = new ArrayList<>();
    for (KV<Integer, byte[]> block : blocks) {
      List<String> of = new ArrayList<>();
      for (BlockReader reader = new BlockReader(block.getValue()); reader.next(); ) {
        of.add(reader.sum(StringUtf8Coder.of()));
      }
      words.add(of);
    }
    return words;
  }

  private static final class Blocks
      extends PTransform<PCollection<String>, PCollection<KV<Integer, byte[]>>> {

    private static final long serialVersionUID = 1L;

    private final BlockFn<String> fn;

    Blocks(BlockFn<String> fn) {
      this.fn = fn;
    }

    @Override
    public PCollection<KV<Integer, byte[]>> expand(PCollection<String> words) {
      return words.apply(ParDo.of(fn)).setCoder(KvCoder.of(VarIntCoder.of(), ByteArrayCoder.of()));
    }
  }
}
