package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.junit.jupiter.api.Test;

/** When the sums of a bundle have to go: on some engines a whole partition is one bundle. */
class BundleSumsTest {

  record Shop(String name) {}

  record Buyers(Ids ids) implements Tally<Buyers> {
    @Override
    public Buyers plus(Buyers other) {
      return new Buyers(ids.plus(other.ids));
    }
  }

  private static final int MOST_IDS = 10_000;

  private static final Coder<Buyers> BUYERS = RecordCoder.of(Buyers.class);
  private static final Aggregation<Shop, String, Buyers, Buyers> AGGREGATION =
      new Aggregation<>(
          TallyFn.of(
              new Buyers(Ids.NONE),
              buyer -> new Buyers(Ids.of(buyer, MOST_IDS)),
              Buyers.class,
              sum -> sum),
          RecordCoder.of(Shop.class),
          BUYERS,
          BUYERS);

  private final BundleSums<Long, Shop, String, Buyers> sums = new BundleSums<>(AGGREGATION, 1);

  private void add(long window, String shop, int from, int to) {
    BundleSums<Long, Shop, String, Buyers>.InWindow of = sums.in(window);
    for (int i = from; i < to; i++) {
      of.add(new Shop(shop), "buyer " + i % MOST_IDS);
    }
  }

  /** How many buyers each block has, by its window. */
  private BundleSums.WindowBlockTaker<Long> into(Map<Long, Integer> counts) {
    return (window, shard, block) -> {
      try {
        for (BlockReader entry = new BlockReader(block); entry.next(); ) {
          counts.merge(window, Math.toIntExact(entry.sum(BUYERS).ids().count()), Integer::sum);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Test
  void areFullOfManyValuesAlthoughTheyAreFew() {
    add(60, "north", 0, BundleSums.MOST_VALUES - 1);
    assertThat(sums.full(), is(false));
    add(120, "north", 0, 1);
    assertThat(sums.full(), is(true));

    Map<Long, Integer> counts = new TreeMap<>();
    sums.flush(into(counts));
    assertThat(counts, is(Map.of(60L, MOST_IDS, 120L, 1)));
    assertThat(sums.full(), is(false));
  }

  @Test
  void areNotFullAnyMoreWhenTheWindowWithMostOfThemIsGone() {
    add(60, "north", 0, BundleSums.MOST_VALUES);
    add(120, "north", 0, 5);

    Map<Long, Integer> counts = new TreeMap<>();
    sums.flush(60L, into(counts));
    assertThat(counts, is(Map.of(60L, MOST_IDS)));
    assertThat(sums.full(), is(false));

    sums.flush(into(counts));
    assertThat(counts, is(Map.of(60L, MOST_IDS, 120L, 5)));
  }
}
