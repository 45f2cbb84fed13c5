package dhara.transforms.unique;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniqueTest {

  record Ping(String id, Instant at) implements Event {}

  private static Arrivals<Ping> arrivals() {
    return Arrivals.of(RecordCoder.of(Ping.class));
  }

  private static Ping ping(String id, String at) {
    return new Ping(id, time(at));
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> unique() {
    return part(true);
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> duplicates() {
    return part(false);
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> part(boolean unique) {
    return part(unique, Unique.byId(Duration.ofMinutes(5)));
  }

  private static PTransform<PCollection<Ping>, PCollection<Ping>> part(
      boolean unique, Unique<Ping> split) {
    return new PTransform<>() {
      @Override
      public PCollection<Ping> expand(PCollection<Ping> pings) {
        return pings.apply(split).get(unique ? split.unique() : split.duplicates());
      }
    };
  }

  private static PTransform<PCollection<Ping>, PCollection<Unique.Counts>> counts() {
    return counts(Unique.byId(Duration.ofMinutes(5)));
  }

  private static PTransform<PCollection<Ping>, PCollection<Unique.Counts>> counts(
      Unique<Ping> split) {
    return new PTransform<>() {
      @Override
      public PCollection<Unique.Counts> expand(PCollection<Ping> pings) {
        return pings.apply(split).get(split.counts());
      }
    };
  }

  private static Unique.Counts sum(Iterable<Unique.Counts> parts) {
    long unique = 0;
    long duplicates = 0;
    for (Unique.Counts part : parts) {
      unique += part.unique();
      duplicates += part.duplicates();
    }
    return new Unique.Counts(unique, duplicates);
  }

  private static final Arrivals<Ping> COPIES =
      arrivals()
          .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
          .row("10:00:00", "10:00:20", ping("b", "10:00:20"))
          .row("10:00:30", "10:00:10", ping("a", "10:00:10"))
          .row("10:04:00", "10:00:10", ping("a", "10:00:10"));

  @Test
  void aCopyWithinTheHorizonIsADuplicate() {
    assertThat(
        COPIES.streamed(unique()),
        containsInAnyOrder(ping("a", "10:00:10"), ping("b", "10:00:20")));
    assertThat(
        COPIES.streamed(duplicates()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
  }

  @Test
  void bothAreCountedWhereTheyAreTold() {
    assertThat(sum(COPIES.streamed(counts())), is(new Unique.Counts(2, 2)));
    assertThat(sum(COPIES.backfilled(counts())), is(new Unique.Counts(2, 2)));
  }

  @Test
  void aBackfillFindsTheSameOnes() {
    assertThat(
        COPIES.backfilled(unique()),
        containsInAnyOrder(ping("a", "10:00:10"), ping("b", "10:00:20")));
    assertThat(
        COPIES.backfilled(duplicates()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
  }

  @Test
  void aBackfillThatOnlyCountsDuplicatesGivesNone() {
    Unique<Ping> counting = Unique.<Ping>byId(Duration.ofMinutes(5)).countingDuplicates();

    assertThat(
        COPIES.backfilled(part(true, counting)),
        containsInAnyOrder(ping("a", "10:00:10"), ping("b", "10:00:20")));
    assertThat(sum(COPIES.backfilled(counts(counting))), is(new Unique.Counts(2, 2)));
    assertThrows(IllegalArgumentException.class, () -> COPIES.backfilled(part(false, counting)));
  }

  /** Made by inverting MurmurHash3, of which these two have the same 128 bits (seed 0). */
  @Test
  void idsThatWereMadeToLookAlikeAreTwoInStreamsAndInBackfills() {
    Ping one = ping("order 17paid now", "10:00:10");
    Ping other = ping("order 00\u7908\u510e\u5a1b\u7edb\u4dde\ue93c\ubde3\u336a", "10:00:20");
    var arrivals = arrivals().row("10:00:00", "10:00:10", one).row("10:00:00", "10:00:20", other);

    assertThat(arrivals.streamed(unique()), containsInAnyOrder(one, other));
    assertThat(arrivals.backfilled(unique()), containsInAnyOrder(one, other));
  }

  /** With a hash of few values: a stream and a backfill take the same ids for one. */
  @Test
  void streamsAndBackfillsTakeTheSameIdsForOne() {
    var arrivals = arrivals();
    for (int i = 0; i < 300; i++) {
      String at = "10:0" + i / 60 + ":" + (i % 60 < 10 ? "0" : "") + i % 60;
      arrivals.row("10:00:00", at, ping("id " + i, at));
    }
    Unique<Ping> split =
        Unique.<Ping>byId(Duration.ofMinutes(5)).withHash(() -> new IdHash(new FewHashes()));

    List<Ping> streamed = arrivals.streamed(part(true, split));
    assertThat(streamed.size(), is(16));
    assertThat(arrivals.backfilled(part(true, split)), containsInAnyOrder(streamed.toArray()));
  }

  /** Has 16 hashes. */
  private static final class FewHashes extends MessageDigest {
    private int sum;

    FewHashes() {
      super("few");
    }

    @Override
    protected int engineGetDigestLength() {
      return IdHash.BYTES;
    }

    @Override
    protected void engineUpdate(byte input) {
      sum = 31 * sum + input;
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        engineUpdate(input[i]);
      }
    }

    @Override
    protected byte[] engineDigest() {
      byte[] digest = new byte[IdHash.BYTES];
      digest[0] = (byte) (sum << 4);
      engineReset();
      return digest;
    }

    @Override
    protected void engineReset() {
      sum = 0;
    }
  }

  @Test
  void anIdIsForgottenOnceItsEventCanMatterNoMore() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
            .row("10:05:11", "10:00:10", ping("a", "10:00:10"));

    assertThat(arrivals.streamed(unique()), contains(ping("a", "10:00:10"), ping("a", "10:00:10")));
    assertThat(arrivals.streamed(duplicates()), empty());
  }

  @Test
  void copiesThatComeLateOrWithAnotherTimeAreDuplicates() {
    var arrivals =
        arrivals()
            .row("10:00:00", "10:20:00", ping("early", "10:20:00"))
            .row("10:10:00", "10:06:00", ping("late", "10:06:00"))
            .row("10:10:00", "10:06:00", ping("late", "10:06:00"))
            .row("10:10:00", "10:09:00", ping("a", "10:09:00"))
            .row("10:10:00", "10:11:00", ping("a", "10:11:00"))
            .row("10:10:00", "10:01:00", ping("a", "10:01:00"))
            .row("10:24:00", "10:20:00", ping("early", "10:20:00"));

    assertThat(
        arrivals.streamed(unique()),
        containsInAnyOrder(
            ping("early", "10:20:00"), ping("late", "10:06:00"), ping("a", "10:09:00")));
    assertThat(
        arrivals.streamed(duplicates()),
        containsInAnyOrder(
            ping("early", "10:20:00"),
            ping("late", "10:06:00"),
            ping("a", "10:11:00"),
            ping("a", "10:01:00")));
  }

  @Test
  void eventsThatComeTogetherKeepTheirTimes() {
    List<TimestampedValue<Ping>> together =
        Stream.of(
                ping("b", "10:00:50"),
                ping("a", "10:00:10"),
                ping("a", "10:00:10"),
                ping("c", "10:02:00"),
                ping("b", "10:00:50"),
                ping("d", "10:00:30"),
                ping("d", "10:00:05"))
            .map(
                ping ->
                    TimestampedValue.of(
                        ping, org.joda.time.Instant.ofEpochMilli(ping.at().toEpochMilli())))
            .toList();
    Pipeline pipeline = Pipeline.create();
    Unique<Ping> split = Unique.byId(Duration.ofMinutes(5));
    PCollectionTuple parts = pipeline.apply(inOneBundle(together)).apply(split);

    PAssert.that(parts.get(split.unique()).apply("FirstOnes", Reify.timestamps()))
        .containsInAnyOrder(
            List.of(together.get(0), together.get(1), together.get(3), together.get(5)));
    PAssert.that(parts.get(split.duplicates()).apply("OtherOnes", Reify.timestamps()))
        .containsInAnyOrder(List.of(together.get(2), together.get(4), together.get(6)));
    PAssert.that(parts.get(split.counts())).satisfies(UniqueTest::fourAndThree);
    pipeline.run().waitUntilFinish();
  }

  @SuppressWarnings("unchecked") // the array is of what the list holds
  private static TestStream<Ping> inOneBundle(List<TimestampedValue<Ping>> pings) {
    return TestStream.create(RecordCoder.of(Ping.class))
        .addElements(
            pings.get(0),
            (TimestampedValue<Ping>[])
                pings.subList(1, pings.size()).toArray(TimestampedValue<?>[]::new))
        .advanceWatermarkToInfinity();
  }

  private static Void fourAndThree(Iterable<Unique.Counts> parts) {
    assertThat(sum(parts), is(new Unique.Counts(4, 3)));
    return null;
  }

  @Test
  void findsTheSameOnesWithoutRoomForTables() {
    Unique<Ping> split = Unique.<Ping>byId(Duration.ofMinutes(5)).withTableBytes(0);

    assertThat(COPIES.streamed(part(true, split)), is(COPIES.streamed(unique())));
    assertThat(COPIES.streamed(part(false, split)), is(COPIES.streamed(duplicates())));
    assertThat(
        COPIES.backfilled(part(true, split)),
        containsInAnyOrder(COPIES.backfilled(unique()).toArray()));
    assertThat(
        COPIES.backfilled(part(false, split)),
        containsInAnyOrder(COPIES.backfilled(duplicates()).toArray()));
  }

  @Test
  void aBackfillKeepsTheEarliestCopyWhateverItsOrderAndShards() {
    List<Ping> copies =
        List.of(
            ping("a", "10:00:20"),
            ping("a", "10:00:10"),
            ping("b", "10:00:10"),
            ping("a", "10:00:30"),
            ping("b", "10:00:05"),
            ping("c", "10:00:00"));
    for (int shards : new int[] {1, 64}) {
      for (int turn = 0; turn < copies.size(); turn++) {
        var arrivals = arrivals();
        for (int i = 0; i < copies.size(); i++) {
          Ping ping = copies.get((i + turn) % copies.size());
          arrivals.row("10:00:00", clock(ping.at()), ping);
        }
        Unique<Ping> split = Unique.<Ping>byId(Duration.ofMinutes(5)).withBackfillShards(shards);
        assertThat(
            arrivals.backfilled(part(true, split)),
            containsInAnyOrder(
                ping("a", "10:00:10"), ping("b", "10:00:05"), ping("c", "10:00:00")));
      }
    }
  }

  @Test
  void eventsOfAnySizeGoThrough() {
    var arrivals = arrivals();
    for (int i = 0; i < 20; i++) {
      Ping large = ping("x".repeat(10_000 * i) + i, "10:00:00");
      arrivals.row("10:00:00", "10:00:00", large).row("10:00:00", "10:00:00", large);
    }

    assertThat(new HashSet<>(arrivals.streamed(unique())).size(), is(20));
    assertThat(sum(arrivals.streamed(counts())), is(new Unique.Counts(20, 20)));
  }

  /** Random arrivals, compared with a set of all ids; nothing expires in so short a time. */
  @ParameterizedTest
  @ValueSource(longs = {0, 2000, Long.MAX_VALUE})
  void agreesWithASetOfAllIds(long tableBytes) {
    Random random = new Random(tableBytes);
    var arrivals = arrivals();
    Map<String, Ping> first = new HashMap<>();
    List<Ping> others = new ArrayList<>();
    Instant watermark = time("10:00:00");
    for (int i = 0; i < 150; i++) {
      watermark = watermark.plusMillis(random.nextInt(1000));
      Ping ping =
          new Ping("id " + random.nextInt(80), watermark.plusMillis(random.nextInt(100_000)));
      arrivals.row(clock(watermark), clock(ping.at()), ping);
      if (first.putIfAbsent(ping.id(), ping) != null) {
        others.add(ping);
      }
    }
    Unique<Ping> split = Unique.<Ping>byId(Duration.ofMinutes(5)).withTableBytes(tableBytes);

    assertThat(arrivals.streamed(part(true, split)), containsInAnyOrder(first.values().toArray()));
    assertThat(arrivals.streamed(part(false, split)), containsInAnyOrder(others.toArray()));
  }

  private static String clock(Instant instant) {
    return instant.toString().substring("2026-03-01T".length()).replace("Z", "");
  }

  @Test
  void aHorizonBelowAMillisecondIsRefused() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> Unique.byId(Duration.ofNanos(999_999)));
    assertThat(refused.getMessage(), containsString("PT0.000999999S"));
  }

  @Test
  void aForgottenCopyChangesNoAnswerForItsWindowsAreClosed() {
    Windows minutes = Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofMinutes(4));
    PTransform<PCollection<Ping>, PCollection<Answer<Id, Count>>> counts =
        new PTransform<>() {
          @Override
          public PCollection<Answer<Id, Count>> expand(PCollection<Ping> pings) {
            Unique<Ping> split = Unique.byId(minutes.horizon());
            return pings
                .apply(split)
                .get(split.unique())
                .apply(KeyBy.record(Id.class, p -> new Id(p.id())))
                .apply(minutes.into())
                .apply(
                    Answers.perKey(
                        TallyFn.of(new Count(0), p -> new Count(1), Count.class, c -> c)));
          }
        };
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", ping("a", "10:00:10"))
            .row("10:05:11", "10:00:10", ping("a", "10:00:10"));

    assertThat(
        arrivals.streamed(counts),
        contains(new Answer<>(new Id("a"), time("10:00:00"), time("10:01:00"), 0, new Count(1))));
  }

  record Id(String id) {}

  record Count(long pings) implements Tally<Count> {
    @Override
    public Count plus(Count other) {
      return new Count(pings + other.pings);
    }
  }
}
