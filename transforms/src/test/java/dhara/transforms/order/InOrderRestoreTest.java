package dhara.transforms.order;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.EventWindows.Closed;
import dhara.transforms.order.EventWindowsTest.Reading;
import dhara.transforms.order.EventWindowsTest.Sum;
import dhara.transforms.order.Probe.Said;
import dhara.transforms.order.Probe.Seen;
import dhara.transforms.order.Probe.Tick;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.Waves;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ordered folds in streams that fail: whatever the order of arrival within the lateness, whatever
 * comes twice, and wherever the stream is restored, it settles on what the definition says.
 */
class InOrderRestoreTest {

  private static final int CASES = 1_000;

  /** A fold, and events for it. */
  private record Case(List<Tick> ticks, int latenessMillis, Duration keep, int gridMillis) {

    static Case of(Random random) {
      Duration keep = Duration.ofMillis(1 + random.nextInt(200));
      int keys = 1 + random.nextInt(3);
      int span = 1 + random.nextInt(600);
      List<Tick> ticks = new ArrayList<>();
      for (int i = 1 + random.nextInt(25); i > 0; i--) {
        // Some within one millisecond, and some at one moment.
        long micros =
            1000L * random.nextInt(span) + 100L * random.nextInt(random.nextBoolean() ? 1 : 10);
        ticks.add(
            new Tick(
                "t" + random.nextInt(1_000) + "-" + i,
                time("10:00:00").plusNanos(1000 * micros),
                "key" + random.nextInt(keys),
                random.nextInt(3) == 0 ? 0 : 1 + random.nextLong(1000 * keep.toMillis()),
                random.nextInt(12) == 0));
      }
      return new Case(ticks, random.nextInt(3) * random.nextInt(200), keep, 1 + random.nextInt(60));
    }

    InOrder<Tick, String, Seen, Said> fold() {
      return InOrder.perKey(Tick::key)
          .fold(new Probe(keep), Seen.class, Said.class)
          .withLateness(Duration.ofMillis(latenessMillis))
          .settlingEvery(Duration.ofMillis(gridMillis));
    }

    /** By key, in order. */
    Map<String, List<Said>> oracle() {
      Map<String, List<Tick>> byKey = new TreeMap<>();
      ticks.forEach(tick -> byKey.computeIfAbsent(tick.key(), key -> new ArrayList<>()).add(tick));
      Map<String, List<Said>> said = new TreeMap<>();
      byKey.forEach((key, of) -> said.put(key, NaiveProbe.of(of, keep)));
      return said;
    }
  }

  @Test
  void aFoldSaysTheSameWhereverItIsRestored() throws Exception {
    int restores = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Case of = Case.of(random);
      Outcome<Said> outcome =
          RestoredStream.of(RecordCoder.of(Tick.class), Waves.unique(of.fold()))
              .play(Waves.of(of.ticks, tick -> of.latenessMillis, 300, random), random);

      List<Said> left = new ArrayList<>(outcome.committed());
      for (Map.Entry<String, List<Said>> expected : of.oracle().entrySet()) {
        List<Said> ofKey = expected.getValue();
        List<Said> found = left.stream().filter(ofKey::contains).toList();
        assertThat("case " + seed + ", " + expected.getKey(), found, is(ofKey));
        left.removeAll(found);
      }
      assertThat("case " + seed, left, is(List.of()));
      restores += outcome.restores();
    }
    assertThat(restores, is(greaterThan(CASES)));
  }

  /** What an answer is about. */
  record About(String key, String of) {}

  @Test
  void whatIsSaidAtArrivalIsSetRightWhereverItIsRestored() throws Exception {
    int restores = 0;
    int corrected = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Case of = Case.of(random);
      Outcome<Answer<About, Said>> outcome =
          RestoredStream.of(
                  RecordCoder.of(Tick.class),
                  Waves.<Tick, Answer<About, Said>>unique(
                      of.fold()
                          .answers(
                              About.class,
                              Said.class,
                              (key, said) ->
                                  new Answer<>(
                                      new About(key, said.of()),
                                      said.at(),
                                      said.at().plusMillis(1),
                                      0,
                                      said))
                          .provisionally(true)))
              .play(Waves.of(of.ticks, tick -> of.latenessMillis, 300, random), random);

      Map<About, Said> expected = new HashMap<>();
      of.oracle()
          .forEach(
              (key, all) -> all.forEach(said -> expected.put(new About(key, said.of()), said)));
      assertThat("case " + seed, counting(outcome.committed()), is(expected));
      assertThat("case " + seed + ", written", counting(outcome.written()), is(expected));
      restores += outcome.restores();
      corrected += (int) outcome.committed().stream().filter(said -> said.revision() > 0).count();
    }
    assertThat(restores, is(greaterThan(CASES)));
    assertThat(corrected, is(greaterThan(CASES)));
  }

  /** The last answer about each counts. */
  private static Map<About, Said> counting(List<Answer<About, Said>> answers) {
    Map<About, Said> counting = new LinkedHashMap<>();
    for (Answer<About, Said> answer : answers) {
      if (answer.isWithdrawn()) {
        counting.remove(answer.key());
      } else {
        counting.put(answer.key(), answer.value());
      }
    }
    return counting;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void windowsOfEventsAreTheSameWhereverTheyAreRestored(boolean adaptive) throws Exception {
    int restores = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(1_000);
      int sensors = 1 + random.nextInt(3);
      List<Reading> readings = new ArrayList<>();
      for (int i = 1 + random.nextInt(30); i > 0; i--) {
        readings.add(
            new Reading(
                "r" + random.nextInt(1_000) + "-" + i,
                time("10:00:00").plusNanos(500_000L * random.nextInt(2 * span)),
                "s" + random.nextInt(sensors),
                random.nextInt(100)));
      }
      long full = adaptive ? Long.MAX_VALUE : 1L + random.nextInt(6);
      long least = 1L + random.nextInt(80);
      long most = adaptive ? least + random.nextInt(300) : least;
      long events = adaptive ? 1L + random.nextInt(8) : Long.MAX_VALUE / 1_000;
      int lateness = random.nextInt(3) * random.nextInt(200);

      var windows =
          adaptive
              ? EventWindows.adaptive(
                  Duration.ofMillis(least), Duration.ofMillis(most), events, EventWindowsTest.SUM)
              : EventWindows.countOrTime(full, Duration.ofMillis(least), EventWindowsTest.SUM);
      Outcome<Closed<Sum>> outcome =
          RestoredStream.of(
                  RecordCoder.of(Reading.class),
                  Waves.<Reading, Closed<Sum>>unique(
                      InOrder.perKey(Reading::sensor)
                          .fold(windows)
                          .withLateness(Duration.ofMillis(lateness))
                          .settlingEvery(Duration.ofMillis(1 + random.nextInt(60)))))
              .play(Waves.of(readings, reading -> lateness, 300, random), random);

      List<Closed<Sum>> expected = new ArrayList<>();
      for (int sensor = 0; sensor < sensors; sensor++) {
        String of = "s" + sensor;
        expected.addAll(
            EventWindowsTest.naive(
                readings.stream().filter(reading -> reading.sensor().equals(of)).toList(),
                full,
                least,
                most,
                events));
      }
      assertThat("case " + seed, sorted(outcome.committed()), is(sorted(expected)));
      restores += outcome.restores();
    }
    assertThat(restores, is(greaterThan(CASES)));
  }

  private static List<Closed<Sum>> sorted(List<Closed<Sum>> windows) {
    Comparator<Closed<Sum>> byStart = Comparator.comparing(Closed::start);
    return windows.stream().sorted(byStart.thenComparing(Closed::firstId)).toList();
  }

  /** So that a test that compares only what it collected cannot pass with nothing. */
  @Test
  void aStreamIsRestoredFromWhatWasEncodedAndNotFromMemory() throws Exception {
    Instant at = time("10:00:00");
    Case of = new Case(List.of(new Tick("a", at, "k", 0, false)), 0, Duration.ofMillis(5), 1);
    int lost = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Outcome<Said> outcome =
          RestoredStream.of(RecordCoder.of(Tick.class), Waves.unique(of.fold()))
              .play(Waves.of(of.ticks, tick -> 0, 3, random), random);
      assertThat(outcome.committed(), is(List.of(new Said("a", at, " a"))));
      lost += outcome.written().size() - 1;
    }
    assertThat("outputs that were lost and came again", lost, is(greaterThan(5)));
  }
}
