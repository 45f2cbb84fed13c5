package dhara.transforms.unique;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.TableBudget;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryBag;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SeenIdsTest {

  private static final long HORIZON = 1000;

  record Ping(String id, Instant at) implements Event {}

  private static Ping ping(String id, long at) {
    return new Ping(id, Instant.ofEpochMilli(at));
  }

  /** The state of a shard. */
  private static final class Shard {

    private final int number;
    private InMemoryBag<byte[]> bag = new InMemoryBag<>(SeenIds.BLOCKS);
    private SeenIds.Stage stage = SeenIds.Stage.NEW;
    private int fired;

    Shard(int number) {
      this.number = number;
    }

    /** For each event whether it is the first of its id. */
    List<Boolean> see(SeenIds worker, List<Ping> events) throws IOException {
      List<Boolean> firsts = new ArrayList<>();
      stage = worker.see(number, block(events), stage, bag, (event, first) -> firsts.add(first));
      return firsts;
    }

    /** The same in a bundle that fails, so that nothing of it stays in the state. */
    @SafeVarargs
    final void fail(SeenIds worker, List<Ping>... blocks) throws IOException {
      InMemoryBag<byte[]> before = bag.copy();
      SeenIds.Stage stageBefore = stage;
      for (List<Ping> events : blocks) {
        see(worker, events);
      }
      bag = before;
      stage = stageBefore;
    }

    /** The watermark goes on. */
    void watermark(SeenIds worker, long watermark) throws IOException {
      while (stage.timer() <= watermark) {
        stage = worker.forget(number, stage.timer(), stage, bag);
        fired++;
      }
    }

    /** The times of the ids that are kept. */
    List<Long> kept() throws IOException {
      List<Long> times = new ArrayList<>();
      for (byte[] block : bag.read()) {
        for (BlockReader id = new BlockReader(block); id.next(); ) {
          times.add(id.revision());
        }
      }
      return times;
    }
  }

  private static byte[] block(List<Ping> events) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    TimedBlocks<Ping> writer =
        new TimedBlocks<>(
            RecordCoder.of(Ping.class), 1, (shard, block, earliest) -> blocks.add(block));
    ById<Ping> placer = new ById<>(new IdHash());
    for (Ping event : events) {
      placer.place(event, event.at().toEpochMilli(), writer);
    }
    writer.flush();
    assertThat(blocks.size(), is(1));
    return blocks.get(0);
  }

  private static SeenIds worker() {
    return new SeenIds(HORIZON, new TableBudget(Long.MAX_VALUE));
  }

  static Stream<Arguments> tableBytes() {
    return Stream.of(0L, 5000L, Long.MAX_VALUE)
        .flatMap(bytes -> IntStream.range(0, 5).mapToObj(seed -> Arguments.of(bytes, seed)));
  }

  /**
   * Two workers share the shards; some bundles fail and are retried by either. The expected result
   * is a map from ids to the times of their first copies.
   */
  @ParameterizedTest
  @MethodSource("tableBytes")
  void knowsEachIdAtLeastUntilItsHorizonHoweverOftenTablesAreLost(long tableBytes, int seed)
      throws IOException {
    Random random = new Random(seed);
    SeenIds[] workers = {
      new SeenIds(HORIZON, new TableBudget(tableBytes)),
      new SeenIds(HORIZON, new TableBudget(tableBytes))
    };
    Shard[] shards = IntStream.range(0, 3).mapToObj(Shard::new).toArray(Shard[]::new);
    List<Map<String, Long>> books =
        IntStream.range(0, 3).<Map<String, Long>>mapToObj(i -> new HashMap<>()).toList();
    List<Ping> past = new ArrayList<>();
    long watermark = 0;
    int duplicates = 0;
    int forgotten = 0;
    for (int step = 0; step < 3000; step++) {
      watermark += random.nextInt(100) == 0 ? 20 * HORIZON : random.nextInt((int) HORIZON / 20);
      for (Shard shard : shards) {
        shard.watermark(workers[random.nextInt(2)], watermark);
      }
      Shard shard = shards[random.nextInt(3)];
      Map<String, Long> book = books.get(shard.number);
      List<Ping> events = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        events.add(next(random, watermark, past));
      }
      past.addAll(events);
      if (random.nextInt(5) == 0) {
        shard.fail(workers[random.nextInt(2)], events);
      }
      List<Boolean> firsts = shard.see(workers[random.nextInt(2)], events);
      for (int i = 0; i < events.size(); i++) {
        Ping event = events.get(i);
        Long known = book.get(event.id());
        if (known == null) {
          assertThat(event + " is new", firsts.get(i), is(true));
        } else if (watermark < known + HORIZON) {
          assertThat(event + " is known since " + known, firsts.get(i), is(false));
          duplicates++;
        }
        if (firsts.get(i)) {
          forgotten += known == null ? 0 : 1;
          book.put(event.id(), event.at().toEpochMilli());
        }
      }
    }
    assertThat(duplicates, is(greaterThan(2000)));
    assertThat(forgotten, is(greaterThan(100)));
  }

  /** A new event, or a copy of one before; in and out of order, and sometimes with another time. */
  private static Ping next(Random random, long watermark, List<Ping> past) {
    long at =
        switch (random.nextInt(20)) {
          case 0 -> watermark - random.nextInt(5 * (int) HORIZON);
          case 1 -> watermark + random.nextInt(100 * (int) HORIZON);
          default -> watermark + random.nextInt(2 * (int) HORIZON);
        };
    if (past.isEmpty() || random.nextInt(3) > 0) {
      return ping("id " + past.size() + " " + random.nextInt(1_000_000), at);
    }
    Ping copied = past.get(Math.max(0, past.size() - 1 - random.nextInt(500)));
    return random.nextInt(10) == 0 ? ping(copied.id(), at) : copied;
  }

  @Test
  void aBundleThatFailedLeavesNothingInTheTable() throws IOException {
    SeenIds worker = worker();
    Shard shard = new Shard(0);
    assertThat(shard.see(worker, List.of(ping("a", 1))), contains(true));

    shard.fail(worker, List.of(ping("b", 2)));

    assertThat(shard.see(worker, List.of(ping("a", 1), ping("b", 2))), contains(false, true));
  }

  @Test
  void blocksOfABundleThatFailedMayComeAgainInAnotherOrder() throws IOException {
    SeenIds one = worker();
    SeenIds other = worker();
    Shard shard = new Shard(0);
    shard.fail(one, List.of(ping("a", 1)), List.of(ping("b", 2)));

    assertThat(shard.see(other, List.of(ping("b", 2))), contains(true));
    assertThat(shard.see(one, List.of(ping("a", 1))), contains(true));
    assertThat(shard.see(other, List.of(ping("a", 1), ping("b", 2))), contains(false, false));
  }

  @Test
  void anotherWorkerReadsTheState() throws IOException {
    SeenIds one = worker();
    SeenIds other = worker();
    Shard shard = new Shard(0);
    assertThat(shard.see(one, List.of(ping("a", 1))), contains(true));
    assertThat(shard.see(other, List.of(ping("a", 1), ping("b", 2))), contains(false, true));
    assertThat(shard.see(one, List.of(ping("b", 2), ping("c", 3))), contains(false, true));
  }

  @Test
  void inWhateverOrderBlocksComeNoIdIsLost() throws IOException {
    List<List<Ping>> blocks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      blocks.add(
          List.of(ping("id " + i, i), ping("id " + i / 2, i / 2), ping("id " + 2 * i, 2L * i)));
    }
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(blocks, new Random(seed));
      SeenIds worker = worker();
      Shard shard = new Shard(0);
      int firsts = 0;
      for (List<Ping> block : blocks) {
        firsts += Collections.frequency(shard.see(worker, block), true);
      }
      assertThat(firsts, is(75));
      assertThat(new HashSet<>(shard.kept()).size(), is(75));
      for (List<Ping> block : blocks) {
        assertThat(shard.see(worker(), block), everyItem(is(false)));
      }
    }
  }

  @Test
  void keepsAtMostTwiceWhatIsNeededThoughSomeIdsAreOfTheFarFuture() throws IOException {
    SeenIds worker = worker();
    Shard shard = new Shard(0);
    long needed = 1000;
    for (long watermark = 0; watermark < 200 * HORIZON; watermark += HORIZON / 10) {
      shard.watermark(worker, watermark);
      List<Ping> events = new ArrayList<>();
      events.add(ping("future " + watermark, watermark + 100_000 * HORIZON));
      for (int i = 0; i < needed / 10; i++) {
        events.add(ping(watermark + "/" + i, watermark + i));
      }
      shard.see(worker, events);
      long future = watermark / (HORIZON / 10) + 1;
      assertThat(
          (long) shard.kept().size(), is(lessThan(2 * (needed + future) + 2L * needed + 700)));
    }
    shard.watermark(worker, Long.MAX_VALUE - 1);
    assertThat(shard.kept().size(), is(0));
    assertThat(shard.stage.timer(), is(SeenIds.NEVER));
  }

  @Test
  void whatASweepLeavesIsInPiecesThatEnginesTake() throws IOException {
    SeenIds worker = worker();
    Shard shard = new Shard(0);
    for (int block = 0; block < 100; block++) {
      List<Ping> events = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        events.add(ping(block + "/" + i, 10 * HORIZON));
      }
      events.add(ping("past " + block, 0));
      shard.see(worker, events);
    }
    shard.watermark(worker, 2 * HORIZON);
    assertThat(shard.kept().size(), is(100_000));
    List<Integer> sizes = new ArrayList<>();
    shard.bag.read().forEach(block -> sizes.add(block.length));
    assertThat(sizes, hasSize(lessThan(5)));
    assertThat(sizes, everyItem(is(lessThan((1 << 20) + 100))));
    assertThat(shard.see(worker(), List.of(ping("7/7", 0))), contains(false));
  }

  @Test
  void aWatermarkThatPassesAYearAtOnceFiresFewTimers() throws IOException {
    SeenIds worker = worker();
    Shard shard = new Shard(0);
    long year = 31_536_000_000L;
    List<Ping> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      events.add(ping("id " + i, i * (year / 10_000)));
    }
    for (int i = 0; i < 10_000; i += 500) {
      shard.see(worker, events.subList(i, i + 500));
    }

    shard.watermark(worker, 2 * year);
    assertThat(shard.kept().size(), is(0));
    assertThat(shard.fired, is(lessThan(300)));

    // Events that are a year late do not make the timer fire for each horizon again.
    int before = shard.fired;
    shard.see(worker, List.of(ping("new", 2 * year)));
    for (int i = 0; i < 100; i++) {
      shard.see(worker, List.of(ping("late " + i, i * (year / 100))));
      shard.watermark(worker, 2 * year);
    }
    assertThat(shard.fired - before, is(lessThan(300)));
  }

  @Test
  void timesBeforeAndAtTheEndOfTimeAreTimes() throws IOException {
    SeenIds worker = new SeenIds(Long.MAX_VALUE, new TableBudget(0));
    Shard shard = new Shard(0);
    long end = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
    long begin = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    List<Ping> events = List.of(ping("a", begin), ping("b", -1), ping("c", 0), ping("d", end));
    assertThat(shard.see(worker, events), everyItem(is(true)));
    shard.watermark(worker, 0);
    assertThat(shard.see(worker, events.subList(1, 4)), everyItem(is(false)));
    assertThat(shard.stage.timer(), is(lessThanOrEqualTo(end)));

    shard.watermark(worker, end);
    assertThat(shard.kept().size(), is(0));
  }

  @Test
  void aTableHoldsEachHashOnceHoweverLargeItGrows() throws IOException {
    IdTable table = new IdTable();
    IdHash ids = new IdHash();
    for (int turn = 0; turn < 2; turn++) {
      for (int from = -500; from < 100_000; from += 500) {
        BlockWriter block = new BlockWriter();
        for (int i = from; i < from + 500; i++) {
          byte[] hash = new byte[IdHash.BYTES];
          if (i >= 0) {
            ids.write("id " + i, hash);
          } else {
            // Hashes with a half of zeros, one of them of zeros alone, all in one place.
            hash[0] = (byte) (-i - 1);
            hash[1] = (byte) ((-i - 1) >>> 8);
          }
          block.add(hash, 0, hash.length, 0, null, VoidCoder.of());
        }
        for (BlockReader entry = new BlockReader(block.toBytes()); entry.next(); ) {
          assertThat(table.add(entry), is(turn == 0));
        }
      }
    }
    assertThat(table.size(), is(100_500));
    assertThat(table.bytes(), is(lessThanOrEqualTo(48L * table.size())));
  }

  @Test
  void aTableThatThereIsNoRoomForIsNotKeptAndTheOthersStay() {
    long each = new IdTable().bytes();
    TableBudget budget = new TableBudget(2 * each);
    IdTables tables = new IdTables(budget);
    IdTable one = new IdTable();
    IdTable two = new IdTable();
    IdTable three = new IdTable();
    for (int turn = 0; turn < 3; turn++) {
      tables.put(1, 10 + turn, one);
      tables.put(2, 20 + turn, two);
      tables.put(3, 30 + turn, three);

      assertThat(tables.take(3, 30 + turn), is(nullValue()));
      assertThat(tables.take(2, 20 + turn), is(sameInstance(two)));
      assertThat(tables.take(1, 10 + turn), is(sameInstance(one)));
    }
    tables.put(1, 10, one);
    assertThat("of another token", tables.take(1, 11), is(nullValue()));
    assertThat("and is forgotten then", tables.take(1, 10), is(nullValue()));

    tables.put(1, 10, one);
    tables.put(1, 12, three);
    tables.put(2, 20, two);
    IdTables others = new IdTables(budget);
    others.put(1, 10, one);
    assertThat("all share one budget", others.take(1, 10), is(nullValue()));
    tables.drop(2);
    others.put(1, 10, one);
    assertThat(others.take(1, 10), is(sameInstance(one)));
    tables.clear();
    assertThat("all was given back", budget.take(2 * each), is(true));
  }
}
