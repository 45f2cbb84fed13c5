package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.records.RecordCoder;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.SlideGrid;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryBag;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingSumsTest {

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

  /** A map that counts how often it is read. */
  private static final class CountingMap implements MapState<Long, byte[]> {

    private final InMemoryMap<Long, byte[]> slices =
        new InMemoryMap<>(VarLongCoder.of(), AGGREGATION.blocks());
    private int reads;

    @Override
    public ReadableState<byte[]> get(Long start) {
      reads++;
      return slices.get(start);
    }

    @Override
    public ReadableState<byte[]> getOrDefault(Long start, byte[] otherwise) {
      reads++;
      return slices.getOrDefault(start, otherwise);
    }

    @Override
    public void put(Long start, byte[] block) {
      slices.put(start, block);
    }

    @Override
    public ReadableState<byte[]> computeIfAbsent(
        Long start, java.util.function.Function<? super Long, ? extends byte[]> made) {
      reads++;
      return slices.computeIfAbsent(start, made);
    }

    @Override
    public void remove(Long start) {
      slices.remove(start);
    }

    @Override
    public ReadableState<Iterable<Long>> keys() {
      return slices.keys();
    }

    @Override
    public ReadableState<Iterable<byte[]>> values() {
      return slices.values();
    }

    @Override
    public ReadableState<Iterable<Map.Entry<Long, byte[]>>> entries() {
      return slices.entries();
    }

    @Override
    public ReadableState<Boolean> isEmpty() {
      return slices.isEmpty();
    }

    @Override
    public void clear() {
      slices.clear();
    }
  }

  /** The state of a shard, and the latest answers of its windows. */
  private static final class Shard {

    private final SlideGrid grid;
    private final SlidingSums<Total> sums;
    private final CountingMap slices = new CountingMap();
    private final InMemoryBag<KV<Long, byte[]>> came =
        new InMemoryBag<>(KvCoder.of(VarLongCoder.of(), AGGREGATION.blocks()));
    private final Map<List<Object>, Long> answers = new HashMap<>();
    private final Map<List<Object>, Long> revisions = new HashMap<>();
    private final Map<List<Object>, Total> sliceSums = new HashMap<>();
    private final Map<List<Object>, Long> changes = new HashMap<>();

    Shard(Windows windows) {
      grid = SlideGrid.of(windows);
      sums = new SlidingSums<>(AGGREGATION, grid);
    }

    /** A slice changes: it is given whole, with a higher revision. */
    void add(String user, long start, long value) throws IOException {
      Total total = sliceSums.merge(List.of(user, start), new Total(value), Total::plus);
      long revision = changes.merge(List.of(user, start), 1L, Long::sum);
      came.add(KV.of(start, block(user, revision, total)));
    }

    void fold(long answered) throws IOException {
      sums.fold(
          answered,
          came,
          slices,
          (key, end, revision, sum) -> {
            List<Object> of = List.of(key.key(USERS).name(), end);
            Long before = revisions.put(of, revision);
            assertThat(revision, greaterThan(before == null ? 0 : before));
            answers.put(of, sum.sum());
          });
    }
  }

  private static byte[] block(String user, long revision, Total total) throws IOException {
    RecordOutput key = new RecordOutput(64);
    USERS.encode(new User(user), key);
    BlockWriter block = new BlockWriter();
    block.add(key.bytes(), 0, key.size(), revision, total, TOTALS);
    return block.toBytes();
  }

  private static final long MINUTE = 60_000;

  private static Windows halfHours() {
    return Windows.sliding(Duration.ofMinutes(30), Duration.ofMinutes(1))
        .withLateness(Duration.ofMinutes(10));
  }

  @Test
  void earlyAnswersReadEachSliceOnceHoweverManyBlocksCameAndWindowsThereAre() throws IOException {
    Shard shard = new Shard(halfHours().withEarlyAnswersEvery(Duration.ofSeconds(1)));
    for (int minute = 0; minute < 60; minute++) {
      shard.add("a", minute * MINUTE, 1);
    }
    shard.fold(Long.MIN_VALUE);
    int before = shard.slices.reads;
    for (int block = 0; block < 100; block++) {
      shard.add("a", 29 * MINUTE, 1);
    }
    shard.fold(Long.MIN_VALUE);

    // The slices of 30 windows, which are 59: 100 blocks × 30 windows × 30 slices were 90,000.
    assertThat(shard.slices.reads - before, is(59));
    assertThat(shard.answers.get(List.of("a", 30 * MINUTE)), is(130L));
    assertThat(shard.answers.get(List.of("a", 59 * MINUTE)), is(130L));
    assertThat(shard.answers.get(List.of("a", 60 * MINUTE)), is(30L));
  }

  @Test
  void lateBlocksReadTheSlicesOfTheWindowsThatTheyReviseOnce() throws IOException {
    Shard shard = new Shard(halfHours());
    for (int minute = 0; minute < 60; minute++) {
      shard.add("a", minute * MINUTE, 1);
    }
    shard.fold(Long.MIN_VALUE);
    assertThat("windows that have not ended do not answer", shard.answers.size(), is(0));
    int before = shard.slices.reads;
    for (int block = 0; block < 100; block++) {
      shard.add("a", 29 * MINUTE, 1);
      shard.add("b", 28 * MINUTE, 1);
    }
    long answered = 40 * MINUTE;
    shard.fold(answered);

    // The windows that end after minute 30 and by minute 40, and hold minutes 1 to 39.
    assertThat(shard.slices.reads - before, lessThanOrEqualTo(39));
    assertThat(shard.answers.size(), is(2 * 10));
    assertThat(shard.answers.get(List.of("a", 31 * MINUTE)), is(130L));
    assertThat(shard.answers.get(List.of("b", 40 * MINUTE)), is(100L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void windowsAnswerTheSumsOfTheirSlicesHoweverTheyAreFolded(boolean early) throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long every = random.nextInt(1, 4) * MINUTE;
      Windows windows =
          Windows.sliding(
                  Duration.ofMillis(random.nextInt(3, 9) * MINUTE), Duration.ofMillis(every))
              .withLateness(Duration.ofHours(9));
      Shard shard =
          new Shard(early ? windows.withEarlyAnswersEvery(Duration.ofSeconds(1)) : windows);
      SlideGrid grid = shard.grid;
      Map<List<Object>, Long> naive = new HashMap<>();
      long answered = early ? Long.MIN_VALUE : grid.firstEnd(0) + 100 * every;
      List<long[]> events = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        events.add(
            new long[] {random.nextInt(5), random.nextInt(40) * grid.slice(), random.nextInt(9)});
      }
      for (long[] event : events) {
        String user = "user-" + event[0];
        shard.add(user, event[1], event[2]);
        for (long end = grid.firstEnd(event[1]); end <= grid.lastEnd(event[1]); end += every) {
          assertThat(end - grid.width() <= event[1] && event[1] < end, is(true));
          if (early || end <= answered) {
            naive.merge(List.of(user, end), event[2], Long::sum);
          }
        }
        if (random.nextInt(10) == 0) {
          shard.fold(answered);
        }
      }
      shard.fold(answered);
      assertThat(shard.answers, is(naive));
    }
  }
}
