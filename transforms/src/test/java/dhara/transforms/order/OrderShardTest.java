package dhara.transforms.order;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.Probe.Said;
import dhara.transforms.order.Probe.Seen;
import dhara.transforms.order.Probe.Tick;
import dhara.transforms.shards.CollidingKeys;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryBag;
import org.apache.beam.runners.core.InMemoryStateInternals.InMemoryMap;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.junit.jupiter.api.Test;

/**
 * Generated arrivals, played against the state of a shard: any order of arrival within the
 * lateness, any bundles, any watermarks, and a restore from the encoded state at any moment.
 */
class OrderShardTest {

  private static final int CASES = 2_000;
  private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");

  private static final List<String> KEYS = withOneHash();

  /** Two keys that have the same hash, others, and more with that hash. */
  private static List<String> withOneHash() {
    List<String> chosen = CollidingKeys.of(6);
    List<String> keys = new ArrayList<>(chosen.subList(0, 2));
    keys.add("another");
    keys.add("and another");
    keys.addAll(chosen.subList(2, chosen.size()));
    return keys;
  }

  /** What an answer is about. */
  record About(String key, String of) {}

  /** A case. */
  private record Case(List<Tick> ticks, Duration lateness, Duration keep, Random random) {

    static Case of(int seed) {
      Random random = new Random(seed);
      Duration keep = Duration.ofMillis(1 + random.nextInt(200));
      boolean crowd = random.nextInt(16) == 0;
      int keys = crowd ? KEYS.size() : 1 + random.nextInt(4);
      int span = 1 + random.nextInt(1_000);
      List<Tick> ticks = new ArrayList<>();
      for (int i = 1 + random.nextInt(crowd ? 200 : 40); i > 0; i--) {
        // Times within a millisecond, and at the same microsecond.
        long micros =
            1000L * random.nextInt(span) + 100L * random.nextInt(random.nextBoolean() ? 1 : 10);
        long wake = random.nextInt(3) == 0 ? 0 : 1 + random.nextLong(1000 * keep.toMillis());
        ticks.add(
            new Tick(
                "t" + random.nextInt(1_000) + "-" + i,
                DAY.plusNanos(1000 * micros),
                KEYS.get(random.nextInt(keys)),
                wake,
                random.nextInt(12) == 0));
      }
      Collections.shuffle(ticks, random);
      return new Case(
          ticks, Duration.ofMillis(random.nextLong(3) * random.nextLong(300)), keep, random);
    }

    Map<String, List<Tick>> byKey() {
      Map<String, List<Tick>> byKey = new TreeMap<>();
      ticks.forEach(tick -> byKey.computeIfAbsent(tick.key(), key -> new ArrayList<>()).add(tick));
      return byKey;
    }

    Map<String, List<Said>> oracle() {
      Map<String, List<Said>> oracle = new TreeMap<>();
      byKey().forEach((key, of) -> oracle.put(key, NaiveProbe.of(of, keep)));
      return oracle;
    }
  }

  /** A shard with its state, and what a test collects of it. */
  private abstract static class Played<OUT> {

    final Case of;
    private final Folding<Tick, String, Seen, Said, OUT> folding;
    private final boolean provisional;
    private Steps<Tick, Seen, Said> steps;
    private InMemoryBag<byte[]> waiting = new InMemoryBag<>(ByteArrayCoder.of());
    private InMemoryBag<byte[]> wakes = new InMemoryBag<>(ByteArrayCoder.of());
    private InMemoryMap<Integer, byte[]> keys =
        new InMemoryMap<>(BigEndianIntegerCoder.of(), ByteArrayCoder.of());
    private InMemoryMap<Integer, byte[]> heads =
        new InMemoryMap<>(BigEndianIntegerCoder.of(), ByteArrayCoder.of());
    private Clock clock = Clock.NEW;

    Played(Case of, Giving<String, Said, OUT> giving, boolean provisional) {
      this.of = of;
      this.provisional = provisional;
      this.folding =
          new Folding<>(
              new Probe(of.keep),
              Tick::key,
              StringUtf8Coder.of(),
              RecordCoder.of(Tick.class),
              RecordCoder.of(Seen.class),
              RecordCoder.of(Said.class),
              giving,
              of.lateness);
      this.steps = folding.steps();
    }

    abstract void take(OUT output);

    void arrived(Tick tick) {}

    void settled(long until) {}

    private OrderShard<Tick, String, Seen, Said, OUT> shard() {
      return new OrderShard<>(
          folding,
          steps,
          new OrderShard.Cells(waiting, wakes, keys, heads),
          clock,
          (output, at) -> take(output));
    }

    void play() throws IOException {
      long lateness = of.lateness.toMillis();
      int next = 0;
      long watermark = DAY.toEpochMilli() - 1_000;
      while (next < of.ticks.size()) {
        int bundle = Math.min(of.ticks.size() - next, 1 + of.random.nextInt(5));
        arrive(of.ticks.subList(next, next + bundle));
        next += bundle;
        long most =
            of.ticks.subList(next, of.ticks.size()).stream()
                .mapToLong(tick -> tick.at().toEpochMilli() + lateness)
                .min()
                .orElse(watermark + 500);
        if (most > watermark && of.random.nextBoolean()) {
          watermark += 1 + of.random.nextLong(most - watermark);
          fire(watermark - lateness);
        }
      }
      fire(Clock.NEVER);
      assertThat("nothing waits", waiting.read().iterator().hasNext(), is(false));
      assertThat("nobody is to be woken", wakes.read().iterator().hasNext(), is(false));
      var shard = shard();
      shard.sweep(watermark + 10_000);
      assertThat("no sweep is left", shard.clock().sweep(), is(Clock.NEVER));
      assertThat("nothing is remembered", keys.keys().read().iterator().hasNext(), is(false));
      assertThat("no heads are left", heads.keys().read().iterator().hasNext(), is(false));
    }

    private void arrive(List<Tick> ticks) throws IOException {
      List<byte[]> blocks = new ArrayList<>();
      TimedBlocks<Tick> writer =
          new TimedBlocks<>(
              folding.events(),
              1,
              (shard, block, earliest) -> {
                blocks.add(block);
                if (!provisional) {
                  clock = clock.with(earliest);
                }
              });
      ByKey<Tick, String> placer = new ByKey<>(folding.key(), folding.keys());
      for (Tick tick : ticks) {
        placer.place(tick, tick.at().toEpochMilli(), writer);
        arrived(tick);
      }
      writer.flush();
      for (byte[] block : blocks) {
        if (provisional) {
          var shard = shard();
          shard.arrive(block);
          clock = shard.clock();
        } else {
          waiting.add(block);
        }
      }
      restore();
    }

    private void fire(long until) throws IOException {
      if (of.random.nextInt(3) == 0) {
        var shard = shard();
        shard.sweep(until); // an engine may call the timers in any order
        clock = shard.clock();
      }
      var shard = shard();
      shard.settle(until);
      clock = shard.clock();
      settled(until);
      restore();
    }

    /** From its bytes, now and then. */
    private void restore() {
      if (of.random.nextInt(3) == 0) {
        waiting = waiting.copy();
        wakes = wakes.copy();
        keys = keys.copy();
        heads = heads.copy();
        steps = folding.steps();
      }
    }
  }

  /** Settled outputs, by key in their order. */
  private static final class Settled extends Played<Said> {

    private final List<Said> said = new ArrayList<>();
    private final List<Said> expected;

    Settled(Case of) {
      super(of, new Giving.Plain<>(), false);
      expected = of.oracle().values().stream().flatMap(List::stream).toList();
    }

    @Override
    void take(Said output) {
      said.add(output);
    }

    /** All events before the moment and all wake-ups until it are out, and nothing else. */
    @Override
    void settled(long until) {
      Instant moment = until == Clock.NEVER ? Instant.MAX : Instant.ofEpochMilli(until);
      long due =
          expected.stream()
              .filter(of -> of.at().isBefore(moment) || of.of().equals("@" + moment))
              .count();
      assertThat("outputs until " + moment, (long) said.size(), is(due));
    }
  }

  @Test
  void anyArrivalWithinTheLatenessSettlesOnTheSame() throws IOException {
    int woken = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      Settled played = new Settled(of);
      played.play();

      List<Said> left = new ArrayList<>(played.said);
      for (Map.Entry<String, List<Said>> expected : of.oracle().entrySet()) {
        List<Said> ofKey = new ArrayList<>(expected.getValue());
        List<Said> found = left.stream().filter(ofKey::contains).toList();
        assertThat("case " + seed + ", " + expected.getKey(), found, is(ofKey));
        left.removeAll(found);
        woken += (int) ofKey.stream().filter(said -> said.of().startsWith("@")).count();
      }
      assertThat("case " + seed, left, is(List.of()));
    }
    assertThat(woken, is(greaterThan(CASES)));
  }

  /** Answers, of which the highest revision counts. */
  private static final class Provisional extends Played<Answer<About, Said>> {

    private final Map<About, Answer<About, Said>> counts = new HashMap<>();
    private final List<Tick> arrived = new ArrayList<>();
    private final Map<String, Said> atArrival = new HashMap<>();
    private int corrected;

    Provisional(Case of) {
      super(
          of,
          new Giving.AsAnswer<>(
              (key, said) ->
                  new Answer<>(
                      new About(key, said.of()), said.at(), said.at().plusMillis(1), 0, said)),
          true);
    }

    @Override
    void take(Answer<About, Said> answer) {
      Answer<About, Said> before = counts.put(answer.key(), answer);
      long revision = before == null ? 0 : before.revision() + 1;
      assertThat("the revision of " + answer, answer.revision(), is(revision));
      corrected += before == null ? 0 : 1;
      atArrival.putIfAbsent(answer.key().of(), answer.value());
    }

    @Override
    void arrived(Tick tick) {
      arrived.add(tick);
    }
  }

  @Test
  void whatIsGivenAtArrivalIsReplacedOnlyWhereItSettlesDifferently() throws IOException {
    int corrected = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Case of = Case.of(seed);
      Provisional played = new Provisional(of);
      played.play();

      Map<About, Said> settled = new HashMap<>();
      played.counts.forEach((about, answer) -> settled.put(about, answer.value()));
      Map<About, Said> expected = new HashMap<>();
      Map<String, Said> settledOf = new HashMap<>();
      of.oracle()
          .forEach(
              (key, said) -> said.forEach(each -> expected.put(new About(key, each.of()), each)));
      expected.values().forEach(said -> settledOf.put(said.of(), said));
      assertThat("case " + seed, settled, is(expected));

      int differ = 0;
      for (int i = 0; i < played.arrived.size(); i++) {
        Tick tick = played.arrived.get(i);
        List<Tick> before =
            played.arrived.subList(0, i + 1).stream()
                .filter(other -> other.key().equals(tick.key()))
                .filter(other -> Fold.ORDER.compare(other, tick) <= 0)
                .toList();
        Said then =
            NaiveProbe.of(before, of.keep).stream()
                .filter(said -> said.of().equals(tick.id()))
                .findFirst()
                .orElseThrow();
        assertThat("case " + seed + ", " + tick, played.atArrival.get(tick.id()), is(then));
        differ += then.equals(settledOf.get(tick.id())) ? 0 : 1;
      }
      assertThat("case " + seed, played.corrected, is(differ));
      corrected += differ;
    }
    assertThat(corrected, is(greaterThan(CASES)));
  }
}
