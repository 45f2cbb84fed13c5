package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.transforms.backfill.PartedMerge;
import dhara.transforms.backfill.Room;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Sum;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergedSessionsTest {

  private static final long GAP = 30;
  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

  private record InSession(String user, long first, long last) {}

  /** Blocks of parts of sessions, from many bundles, and the sessions of all events. */
  private record Shard(List<byte[]> blocks, Map<InSession, Long> naive) {

    static Shard random(Aggregation<String, Long, ?, Long> aggregation) {
      SplittableRandom random = new SplittableRandom(11);
      List<byte[]> blocks = new ArrayList<>();
      Map<String, TreeMap<Long, Long>> events = new HashMap<>();
      BundleSessions<String, Long, ?> bundle = new BundleSessions<>(aggregation, GAP, 1);
      for (int i = 1; i <= 20_000; i++) {
        String user = "user " + random.nextInt(500);
        long at = random.nextInt(5_000);
        long value = random.nextInt(100);
        bundle.add(user, at, value);
        events.computeIfAbsent(user, u -> new TreeMap<>()).merge(at, value, Long::sum);
        if (i % 250 == 0) {
          bundle.flush((shard, first, block) -> blocks.add(block));
        }
      }
      Map<InSession, Long> naive = new HashMap<>();
      events.forEach((user, byTime) -> sweep(user, byTime, naive));
      return new Shard(blocks, naive);
    }

    private static void sweep(
        String user, TreeMap<Long, Long> byTime, Map<InSession, Long> sessions) {
      long first = byTime.firstKey();
      long last = first;
      long sum = 0;
      for (Map.Entry<Long, Long> event : byTime.entrySet()) {
        if (event.getKey() >= last + GAP) {
          sessions.put(new InSession(user, first, last), sum);
          first = event.getKey();
          sum = 0;
        }
        last = event.getKey();
        sum += event.getValue();
      }
      sessions.put(new InSession(user, first, last), sum);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 50_000, Long.MAX_VALUE})
  void sessionsAreGivenOnceAndWholeHoweverLittleRoomThereIs(long least) throws IOException {
    Aggregation<String, Long, long[], Long> aggregation =
        Aggregation.of(Sum.ofLongs(), TEXT, VarLongCoder.of(), CoderRegistry.createDefault());
    Shard shard = Shard.random(aggregation);
    TableBudget budget = new TableBudget(0);
    List<Integer> tables = new ArrayList<>();
    Map<InSession, Long> given = new HashMap<>();

    new PartedMerge(
            () -> {
              tables.add(tables.size());
              return new MergedSessions<>(
                  new SessionTable<>(GAP, aggregation::plus, aggregation.sums()),
                  new Room(budget, least),
                  (table, key, session) -> {
                    long sum = aggregation.fn().extractOutput(table.value(session.sum()));
                    InSession of = new InSession(key.key(TEXT), session.first(), session.last());
                    assertThat("given twice: " + of, given.put(of, sum), is(nullValue()));
                  });
            },
            budget)
        .merge(shard.blocks);

    assertThat(given, is(shard.naive));
    assertThat("in one table", tables.size() == 1, is(least == Long.MAX_VALUE));
  }
}
