package dhara.transforms.join;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.records.RecordCoder;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryBag;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldVersionsTest {

  private static final long KEPT = 10_000;

  record Price(long minor) {}

  private static final Coder<Version<Price>> CODER = Version.coder(RecordCoder.of(Price.class));

  /** The state of a shard, and its timer. */
  private static final class Shard {

    private InMemoryBag<byte[]> bag = new InMemoryBag<>(ByteArrayCoder.of());
    private Standing standing = Standing.NEW;
    private int swept;

    void add(HeldVersions<Price> worker, Version<Price> version) throws IOException {
      standing = worker.add(7, block(version), standing, bag);
    }

    void advance(HeldVersions<Price> worker, long watermark) throws IOException {
      if (watermark > standing.forget()) {
        standing = worker.sweep(7, standing.forget(), standing, bag);
        swept++;
      }
    }

    void sweep(HeldVersions<Price> worker, long watermark) throws IOException {
      standing = worker.sweep(7, watermark, standing, bag);
    }

    Optional<Price> get(HeldVersions<Price> worker, String key, long at) throws IOException {
      return worker.table(7, standing, bag).get(key, Instant.ofEpochMilli(at));
    }

    long bytes() {
      long bytes = 0;
      for (byte[] block : bag.read()) {
        bytes += block.length;
      }
      return bytes;
    }
  }

  private static byte[] block(Version<Price> version) throws IOException {
    byte[][] made = new byte[1][];
    TimedBlocks<Version<Price>> blocks =
        new TimedBlocks<>(CODER, 1, (shard, block, earliest) -> made[0] = block);
    JoinBlocks.<Version<Price>>toAll(JoinBlocks.VERSION)
        .placer()
        .place(version, version.at().toEpochMilli(), blocks);
    blocks.flush();
    return made[0];
  }

  private static HeldVersions<Price> worker(long tableBytes) {
    return new HeldVersions<>(CODER, KEPT, new TableBudget(tableBytes));
  }

  private static Version<Price> version(String key, long at) {
    return new Version<>(key, Instant.ofEpochMilli(at), "v%012d".formatted(at), new Price(at));
  }

  /** One update of a thousand keys each 10 ms: a bag that is never swept would have 7 MB. */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE})
  void aBagHasAtMostTwiceWhatIsNeededAndWhatCameSince(long tableBytes) throws IOException {
    HeldVersions<Price> worker = worker(tableBytes);
    Random random = new Random(1);
    Shard shard = new Shard();
    long one = block(version("K999", 999_990)).length;
    long needed = (1000 + KEPT / 10) * one;
    long most = 0;
    for (long at = 0; at < 1_000_000; at += 10) {
      shard.add(worker, version("K" + random.nextInt(1000), at));
      shard.advance(worker, at);
      most = Math.max(most, shard.bytes());
      if (at % 10_000 == 0) {
        assertThat(shard.standing.bytes(), is(shard.bytes()));
      }
    }
    assertThat(most, is(lessThan(2 * needed + KEPT / 10 * one)));
    assertThat("rewritten about once", shard.swept, is(lessThan(100)));
    assertThat(shard.swept, is(greaterThan(20)));
  }

  @Test
  void keysThatWereRemovedTakeNoPlace() throws IOException {
    HeldVersions<Price> worker = worker(Long.MAX_VALUE);
    Shard shard = new Shard();
    long most = 0;
    for (long at = 0; at < 1_000_000; at += 20) {
      shard.add(worker, version("K" + at, at));
      shard.add(worker, Version.removed("K" + at, Instant.ofEpochMilli(at + 10), "r" + at));
      shard.advance(worker, at);
      most = Math.max(most, shard.bytes());
    }
    assertThat(most, is(lessThan(200_000L)));
  }

  /** Other workers, failed bundles and sweeps in between: the result depends only on the state. */
  @ParameterizedTest
  @ValueSource(longs = {0, 3000, Long.MAX_VALUE})
  void whatHoldsDoesNotDependOnTheTables(long tableBytes) throws IOException {
    Random random = new Random(tableBytes);
    HeldVersions<Price> one = worker(tableBytes);
    HeldVersions<Price> other = worker(tableBytes);
    Versions<Price> truth = new Versions<>();
    Shard shard = new Shard();
    for (long at = 0; at < 40_000; at += 10) {
      HeldVersions<Price> worker = random.nextInt(20) == 0 ? other : one;
      if (random.nextInt(50) == 0) { // a bundle that fails
        InMemoryBag<byte[]> bag = shard.bag.copy();
        Standing standing = shard.standing;
        shard.add(worker, version("apple", at + 1));
        shard.bag = bag;
        shard.standing = standing;
      }
      Version<Price> version = version("apple", at - random.nextInt((int) KEPT));
      truth.add(new HeldVersion<>(version));
      shard.add(worker, version);
      shard.advance(worker, at);
      long asked = at - random.nextInt((int) KEPT);
      assertThat(shard.get(worker, "apple", asked), is(truth.asOf(Instant.ofEpochMilli(asked))));
    }
    assertThat(shard.swept, is(greaterThan(0)));
  }

  /** Facts wait for a watermark that other inputs hold back, longer than versions are kept. */
  @Test
  void whatAWaitingFactAsksForIsKept() throws IOException {
    HeldVersions<Price> worker = worker(Long.MAX_VALUE);
    Shard shard = new Shard();
    shard.add(worker, version("apple", 1000));
    shard.standing = shard.standing.waiting(2000);
    for (long at = 3000; at < 100_000; at += 10) {
      shard.add(worker, version("apple", at));
      shard.advance(worker, at);
    }
    assertThat(shard.swept, is(greaterThan(0)));
    assertThat(shard.get(worker, "apple", 2000), is(Optional.of(new Price(1000))));
    assertThat(shard.standing.forgotten(), is(2000L));
  }

  /** In one block as in two, whichever comes first, before and after a sweep. */
  @Test
  void ofTwoVersionsWithOneTimeThatWithTheGreaterIdHolds() throws IOException {
    Instant at = Instant.ofEpochMilli(1000);
    for (String first : List.of("a", "b")) {
      HeldVersions<Price> worker = worker(Long.MAX_VALUE);
      Shard shard = new Shard();
      shard.add(worker, new Version<>("apple", at, first, new Price(first.charAt(0))));
      String second = first.equals("a") ? "b" : "a";
      shard.add(worker, new Version<>("apple", at, second, new Price(second.charAt(0))));
      assertThat(shard.get(worker, "apple", 1000), is(Optional.of(new Price('b'))));
      shard.sweep(worker, 1000 + KEPT);
      assertThat(shard.get(worker, "apple", 1000), is(Optional.of(new Price('b'))));
    }
  }

  @Test
  void aMillisecondHasAnOrderToo() throws IOException {
    HeldVersions<Price> worker = worker(Long.MAX_VALUE);
    Shard shard = new Shard();
    Instant at = Instant.ofEpochMilli(1000);
    shard.add(worker, new Version<>("apple", at.plusNanos(2), "a", new Price(2)));
    shard.add(worker, new Version<>("apple", at.plusNanos(1), "b", new Price(1)));
    assertThat(shard.get(worker, "apple", 1001), is(Optional.of(new Price(2))));
  }

  /**
   * A sweep copies what it keeps into blocks of about a megabyte, from which the table reads on.
   */
  @Test
  void aSweepThatWritesSeveralBlocksKeepsAllThatIsNeeded() throws IOException {
    HeldVersions<Price> worker = worker(Long.MAX_VALUE);
    Shard shard = new Shard();
    for (int i = 0; i < 9; i++) {
      shard.add(worker, version("K".repeat(300_000) + i, 1000 + i));
      shard.add(worker, version("K".repeat(300_000) + i, 2000 + i));
    }
    shard.sweep(worker, 3000 + KEPT);
    List<Integer> sizes = new ArrayList<>();
    shard.bag.read().forEach(block -> sizes.add(block.length));
    assertThat(sizes.size(), is(3));
    assertThat(sizes, everyItem(lessThan(1_300_000)));
    for (HeldVersions<Price> each : List.of(worker, worker(0))) {
      for (int i = 0; i < 9; i++) {
        String key = "K".repeat(300_000) + i;
        assertThat(shard.get(each, key, 2000 + i), is(Optional.of(new Price(2000 + i))));
        assertThat(shard.get(each, key, 1999 + i), is(Optional.empty()));
      }
    }
  }
}
