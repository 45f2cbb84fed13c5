package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.records.RecordCoder;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardSumsTest {

  record User(String name) {}

  record Total(long sum) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(sum + other.sum);
    }
  }

  private static final Coder<User> USERS = RecordCoder.of(User.class);
  private static final Coder<Total> TOTALS = RecordCoder.of(Total.class);
  private static final Aggregation<User, Long, Total, Total> AGGREGATION =
      new Aggregation<>(
          TallyFn.of(new Total(0), Total::new, Total.class, sum -> sum), USERS, TOTALS, TOTALS);

  /** A bag that counts how much is read from it. */
  private static final class CountingBag implements BagState<byte[]> {

    private final List<byte[]> blocks = new ArrayList<>();
    private long blocksRead;

    @Override
    public Iterable<byte[]> read() {
      blocksRead += blocks.size();
      return List.copyOf(blocks);
    }

    @Override
    public void add(byte[] block) {
      blocks.add(block);
    }

    @Override
    public void clear() {
      blocks.clear();
    }

    @Override
    public ReadableState<Boolean> isEmpty() {
      throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public BagState<byte[]> readLater() {
      return this;
    }
  }

  /** The state of a shard in a window, and its answers. */
  private static final class Shard {

    private final ShardSums<Total> sums;
    private final CountingBag fresh = new CountingBag();
    private final CountingBag given = new CountingBag();
    private final Map<String, Long> answered = new TreeMap<>();
    private final Map<String, Long> revisions = new HashMap<>();
    private ShardSums.Stage stage = ShardSums.Stage.NEW;

    Shard(int compactBytes) {
      sums = new ShardSums<>(AGGREGATION, 0, compactBytes);
    }

    void add(byte[] block) throws IOException {
      stage = sums.add(block, stage, fresh, given).armed(true);
    }

    void fire() throws IOException {
      give(sums.fire(stage.armed(false), fresh, given));
    }

    void end() throws IOException {
      give(sums.end(stage, true, fresh, given));
    }

    private void give(ShardSums.News<Total> news) throws IOException {
      stage = news.stage();
      news.sums()
          .forEach(
              USERS,
              (user, revision, sum) -> {
                Long before = revisions.put(user.name(), revision);
                assertThat(user + " counts on", revision, is(before == null ? 0 : before + 1));
                answered.put(user.name(), sum.sum());
              });
    }

    long blocksRead() {
      return fresh.blocksRead + given.blocksRead;
    }
  }

  private static byte[] block(String user, long value) throws IOException {
    RecordOutput key = new RecordOutput(64);
    USERS.encode(new User(user), key);
    BlockWriter block = new BlockWriter();
    block.add(key.bytes(), 0, key.size(), 0, new Total(value), TOTALS);
    return block.toBytes();
  }

  @Test
  void aBurstOfLateBlocksIsReadOnceHoweverManyTheyAre() throws IOException {
    int late = 1000;
    Shard shard = new Shard(MergeShards.COMPACT_BYTES);
    for (int user = 0; user < 10; user++) {
      shard.add(block("user-" + user, 1));
    }
    shard.end();
    long before = shard.blocksRead();
    for (int i = 0; i < late; i++) {
      shard.add(block("user-" + i % 10, 1));
    }
    shard.fire();

    assertThat(shard.answered.values().stream().mapToLong(sum -> sum).sum(), is(10L + late));
    // Each late block once, and twice what had been given: where it is noted as given, and here.
    assertThat(shard.blocksRead() - before, lessThanOrEqualTo(late + 2L * 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, MergeShards.COMPACT_BYTES})
  void whatIsGivenIsTheSumOfAllThatCameHoweverItIsFired(int compactBytes) throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Map<String, Long> naive = new TreeMap<>();
      Shard shard = new Shard(compactBytes);
      for (int i = 0; i < 200; i++) {
        String user = "user-" + random.nextInt(12);
        long value = random.nextLong(100);
        shard.add(block(user, value));
        naive.merge(user, value, Long::sum);
        if (i == 100) {
          shard.end();
        } else if (random.nextInt(6) == 0) {
          shard.fire();
        }
      }
      shard.fire();
      assertThat(shard.answered, is(naive));
    }
  }
}
