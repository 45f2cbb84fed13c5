package dhara.transforms.unique;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FirstCopiesTest {

  record Ping(String id, Instant at, String text) implements Event {}

  private static final RecordCoder<Ping> PINGS = RecordCoder.of(Ping.class);

  private static Ping ping(String id, long at, String text) {
    return new Ping(id, Instant.ofEpochMilli(at), text);
  }

  private static List<byte[]> blocks(List<Ping> pings) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    TimedBlocks<Ping> writer =
        new TimedBlocks<>(PINGS, 1, (shard, block, earliest) -> blocks.add(block));
    ById<Ping> placer = new ById<>(new IdHash());
    for (Ping ping : pings) {
      placer.place(ping, ping.at().toEpochMilli(), writer);
    }
    writer.flush();
    return blocks;
  }

  private static FirstCopies of(List<Ping> pings) throws IOException {
    FirstCopies first = new FirstCopies();
    for (byte[] block : blocks(pings)) {
      for (BlockReader event = new BlockReader(block); event.next(); ) {
        first.add(event);
      }
    }
    return first;
  }

  private static Set<Ping> firsts(List<Ping> pings) throws IOException {
    FirstCopies first = of(pings);
    Set<Ping> firsts = new HashSet<>();
    for (int i = 0; i < pings.size(); i++) {
      if (first.isFirst(i)) {
        assertThat("one first copy", firsts.add(pings.get(i)), is(true));
      }
    }
    return firsts;
  }

  @Test
  void theEarliestCopyIsTheFirstWhereverItStands() throws IOException {
    Random random = new Random(1);
    List<Ping> pings = new ArrayList<>();
    Map<String, Ping> naive = new HashMap<>();
    for (int i = 0; i < 3_000; i++) {
      Ping ping = ping("id " + random.nextInt(500), i, "");
      pings.add(ping);
      naive.putIfAbsent(ping.id(), ping);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(firsts(pings), is(Set.copyOf(naive.values())));
      Collections.shuffle(pings, random);
    }
  }

  @Test
  void ofCopiesAtOneMomentTheSameIsTheFirstWhateverTheirOrder() throws IOException {
    Random random = new Random(2);
    List<Ping> pings = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      pings.add(ping("id " + i % 100, i % 3, "text " + i));
    }
    Set<Ping> firsts = firsts(pings);
    assertThat(firsts.size(), is(100));
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(pings, random);
      assertThat(firsts(pings), is(firsts));
    }
  }

  @Test
  void whatIsHeldGrowsWithTheIdsAndNotWithTheirCopies() throws IOException {
    List<Ping> pings = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      pings.add(ping("id " + i % 7, i % 13, "x".repeat(i % 50)));
    }
    FirstCopies first = of(pings);

    assertThat(first.ids(), is(7));
    assertThat(first.events(), is(10_000));
  }
}
