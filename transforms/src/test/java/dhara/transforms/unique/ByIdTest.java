package dhara.transforms.unique;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByIdTest {

  private static final RecordCoder<Ping> CODER = RecordCoder.of(Ping.class);

  record Ping(String id, Instant at) implements Event {}

  private record Block(int shard, int bytes, long earliest, List<Ping> events) {}

  private final ById<Ping> placer = new ById<>(new IdHash());
  private final List<Block> taken = new ArrayList<>();

  private void take(int shard, byte[] block, long earliest) {
    List<Ping> events = new ArrayList<>();
    try {
      for (BlockReader event = new BlockReader(block); event.next(); ) {
        Ping ping = event.sum(CODER);
        assertThat(event.revision(), is(ping.at().toEpochMilli()));
        events.add(ping);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    taken.add(new Block(shard, block.length, earliest, events));
  }

  private TimedBlocks<Ping> blocks(int shards) {
    return new TimedBlocks<>(CODER, shards, this::take);
  }

  private void add(TimedBlocks<Ping> blocks, Ping ping) throws IOException {
    placer.place(ping, ping.at().toEpochMilli(), blocks);
  }

  private static Ping ping(Random random, int id) {
    return new Ping("id " + id, Instant.ofEpochMilli(random.nextInt(1_000_000)));
  }

  @Test
  void handsLargeBlocksOverAtOnceEachWithTheTimeOfItsEarliestEvent() throws IOException {
    Random random = new Random(7);
    TimedBlocks<Ping> blocks = blocks(1);
    List<Ping> added = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      added.add(ping(random, i));
      add(blocks, added.get(i));
    }
    assertThat(taken.size(), is(greaterThan(5)));
    blocks.flush();

    List<Ping> all = new ArrayList<>();
    for (Block block : taken) {
      all.addAll(block.events());
      assertThat(block.bytes(), is(lessThan(TimedBlocks.BLOCK_BYTES + 100)));
      assertThat(
          block.earliest(),
          is(block.events().stream().mapToLong(e -> e.at().toEpochMilli()).min().orElseThrow()));
    }
    assertThat(all, is(added));
  }

  @Test
  void theEventsOfAnIdAreInOneOfManyShardsOfAboutOneSize() throws IOException {
    Random random = new Random(8);
    TimedBlocks<Ping> blocks = blocks(16);
    for (int i = 0; i < 16_000; i++) {
      add(blocks, ping(random, i % 8000));
    }
    blocks.flush();

    int[] shardOf = new int[8000];
    int[] sizes = new int[16];
    for (Block block : taken) {
      for (Ping event : block.events()) {
        int id = Integer.parseInt(event.id().substring(3));
        assertThat(shardOf[id] == 0 || shardOf[id] == block.shard() + 1, is(true));
        shardOf[id] = block.shard() + 1;
        sizes[block.shard()]++;
      }
    }
    for (int size : sizes) {
      assertThat(size, is(greaterThan(850)));
      assertThat(size, is(lessThan(1150)));
    }
  }

  @Test
  void aBundleThatFailedLeavesNothing() throws IOException {
    TimedBlocks<Ping> blocks = blocks(4);
    add(blocks, ping(new Random(9), 1));
    blocks.clear();
    blocks.flush();

    assertThat(taken, is(empty()));
  }
}
