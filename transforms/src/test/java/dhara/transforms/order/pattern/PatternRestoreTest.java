package dhara.transforms.order.pattern;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.order.pattern.RandomArrivalsTest.Sequence;
import dhara.transforms.order.pattern.RandomArrivalsTest.Told;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.Waves;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random patterns in streams that fail: wherever the stream is restored, and whatever the order of
 * arrival within the lateness, it settles on the naive matches.
 */
class PatternRestoreTest {

  private static final int CASES = 1_000;
  private static final int SEQUENCES = 3;

  @Test
  void matchesAreTheSameWhereverTheyAreRestored() throws Exception {
    SplittableRandom split = new SplittableRandom(23);
    int matches = 0;
    int restores = 0;
    for (int i = 0; i < CASES; i++) {
      RandomPatterns patterns = new RandomPatterns(split.split(), ChronoUnit.MILLIS);
      Pattern<Signal> pattern = patterns.pattern();
      while (pattern.withinMicros() == 0) {
        pattern = patterns.pattern();
      }
      Random random = new Random(split.nextLong());
      int lateness = random.nextInt(20);
      List<Told> expected = new ArrayList<>();
      List<Signal> signals = new ArrayList<>();
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        List<Signal> ofKey = RandomArrivalsTest.ofKey(sequence, patterns.signals());
        NaiveMatches naive = new NaiveMatches(pattern, ofKey);
        for (String match : pattern.skip().skips() ? naive.skipped() : naive.all()) {
          expected.add(new Told(sequence, match));
        }
        signals.addAll(ofKey);
      }
      MatchPattern<Signal, Sequence, Told> search =
          MatchPattern.of(pattern)
              .perKey(Sequence.class, signal -> new Sequence(signal.value() / 10))
              .into(Told.class, RandomArrivalsTest::tell)
              .withLateness(Duration.ofMillis(lateness));
      // Signals of two keys have equal ids, so there are no copies here.
      Outcome<Told> outcome =
          RestoredStream.of(RecordCoder.of(Signal.class), search)
              .play(Waves.once(signals, signal -> lateness, 25, random), random);

      assertThat(
          "case " + i + ", " + pattern,
          RandomArrivalsTest.sorted(outcome.committed()),
          is(RandomArrivalsTest.sorted(expected)));
      matches += expected.size();
      restores += outcome.restores();
    }
    assertThat(matches, is(greaterThan(CASES)));
    assertThat(restores, is(greaterThan(CASES)));
  }
}
