package dhara.transforms.order.pattern;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random patterns over keys with random sequences, whose signals arrive in any order within the
 * lateness: as a stream and as a backfill, they settle on the naive matches. {@code
 * -Ddhara.fuzz.arrivals=} says over how many keys.
 */
class RandomArrivalsTest {

  private static final int KEYS = Integer.getInteger("dhara.fuzz.arrivals", 500);
  private static final int KEYS_PER_PATTERN = 125;
  private static final long LATENESS_MILLIS = 12;

  /** A key's sequences have values of their own. */
  record Sequence(int number) {}

  record Told(int sequence, String match) {}

  private record Arrival(long watermarkMillis, Signal signal) {}

  @Test
  void anyOrderOfArrivalSettlesOnTheNaiveMatches() {
    SplittableRandom random = new SplittableRandom(5);
    int matches = 0;
    for (int i = 0; i < KEYS / KEYS_PER_PATTERN; i++) {
      RandomPatterns patterns = new RandomPatterns(random.split(), ChronoUnit.MILLIS);
      Pattern<Signal> pattern = patterns.pattern();
      while (pattern.withinMicros() == 0) {
        pattern = patterns.pattern();
      }
      List<Told> expected = new ArrayList<>();
      List<Arrival> plan = new ArrayList<>();
      for (int key = 0; key < KEYS_PER_PATTERN; key++) {
        List<Signal> signals = ofKey(key, patterns.signals());
        NaiveMatches naive = new NaiveMatches(pattern, signals);
        for (String match : pattern.skip().skips() ? naive.skipped() : naive.all()) {
          expected.add(new Told(key, match));
        }
        for (Signal signal : signals) {
          long latest = signal.micros() / 1000 + LATENESS_MILLIS;
          plan.add(new Arrival(latest - random.nextInt(25), signal));
        }
      }
      matches += expected.size();

      MatchPattern<Signal, Sequence, Told> search =
          MatchPattern.of(pattern)
              .perKey(Sequence.class, signal -> new Sequence(signal.value() / 10))
              .into(Told.class, RandomArrivalsTest::tell)
              .withLateness(Duration.ofMillis(LATENESS_MILLIS));
      Arrivals<Signal> arrivals = arrivals(plan, random.nextLong());
      assertThat(pattern.toString(), sorted(arrivals.streamed(search)), equalTo(sorted(expected)));
      assertThat(
          pattern.toString(), sorted(arrivals.backfilled(search)), equalTo(sorted(expected)));
    }
    assertThat(matches, greaterThan(KEYS / 10));
  }

  static Told tell(Match<Signal> match) {
    return new Told(
        match.events().get(0).value() / 10, Found.text(match.bySteps(), match.completeMicros()));
  }

  static List<Signal> ofKey(int key, List<Signal> signals) {
    return signals.stream()
        .map(
            signal ->
                new Signal(
                    signal.number(), signal.kind(), 10 * key + signal.value(), signal.micros()))
        .toList();
  }

  private static Arrivals<Signal> arrivals(List<Arrival> plan, long seed) {
    List<Arrival> shuffled = new ArrayList<>(plan);
    Collections.shuffle(shuffled, new Random(seed));
    Map<Long, List<Signal>> bundles = new TreeMap<>();
    for (Arrival arrival : shuffled) {
      bundles
          .computeIfAbsent(arrival.watermarkMillis, watermark -> new ArrayList<>())
          .add(arrival.signal);
    }
    Arrivals<Signal> arrivals = Arrivals.of(RecordCoder.of(Signal.class));
    bundles.forEach(
        (watermark, signals) ->
            arrivals.bundle(Instant.ofEpochMilli(watermark), signals, Signal::at));
    return arrivals;
  }

  static List<Told> sorted(List<Told> told) {
    return told.stream()
        .sorted(Comparator.comparingInt(Told::sequence).thenComparing(Told::match))
        .toList();
  }
}
