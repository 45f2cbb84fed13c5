package dhara.tools.calibrate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void theCostOfAStartCancels() {
    // Each run takes two seconds whatever its events, and ten microseconds for each of them.
    Calibration measured =
        Calibration.of(
            sample(400_000),
            run(100_000, 9),
            run(400_000, 9),
            TimedPairs.NONE.with(run(100_000, 3), run(400_000, 6)));

    assertThat(measured.perCore(), closeTo(100_000, 1e-6));
    assertThat(measured.startIncluded(), is(false));
    assertThat("6 s of processor time in 3 s", measured.busyCores(), closeTo(2, 1e-9));
    assertThat(measured.bytesPerEvent(), is(250.0));
    assertThat(measured.doubts(), is(empty()));
  }

  @Test
  void aSmallSampleIsMeasuredWithItsStartAndSaysSo() {
    Calibration measured =
        Calibration.of(
            sample(4_000),
            run(1_000, 1),
            run(4_000, 1),
            TimedPairs.NONE.with(run(1_000, 0.4), run(4_000, 0.5)));

    assertThat(measured.perCore(), closeTo(8_000, 1e-6));
    assertThat(measured.startIncluded(), is(true));
    assertThat(measured.doubts(), contains(containsString("4,000 events are too few")));
  }

  @Test
  void pairsAreAddedUpUntilTheyTellSomething() {
    // 75,000 events take 0.75 s, but for a collector that comes when it wants to.
    TimedPairs one = TimedPairs.NONE.with(run(25_000, 1), run(100_000, 2.15));
    assertThat(one.worthRepeating(), is(true));
    assertThat(one.perCore(), closeTo(75_000 / 1.15, 1e-6));

    TimedPairs two = one.with(run(25_000, 1.3), run(100_000, 1.65));
    assertThat(two.perCore(), closeTo(150_000 / 1.5, 1e-6));
    assertThat(two.events(), is(100_000L));
    assertThat(two.busyCores(), closeTo(2, 1e-9));

    assertThat("enough", two.with(run(25_000, 1), run(100_000, 5)).worthRepeating(), is(false));
    TimedPairs little = TimedPairs.NONE.with(run(250, 0.4), run(1_000, 0.49));
    assertThat("five of them are less than the noise", little.worthRepeating(), is(false));
    TimedPairs five = two.with(run(1, 1), run(2, 2)).with(run(1, 1), run(2, 2));
    assertThat(five.worthRepeating(), is(true));
    assertThat("five", five.with(run(1, 1), run(2, 2)).worthRepeating(), is(false));
  }

  @Test
  void aSampleOfGarbageIsDoubted() {
    TrialRun bad = new TrialRun(400_000, 40_001, 6, 3, 0, List.of());

    Calibration measured =
        Calibration.of(sample(400_000), bad, bad, TimedPairs.NONE.with(run(100_000, 3), bad));

    assertThat(
        measured.doubts(), contains(containsString("40,001 of 400,000 events in the sample")));
  }

  @Test
  void windowsWithTheSameKeysAtAnyRateDoNotGrow() {
    // Ten minutes of 100 events a second, five keys in each minute.
    StoredOutput output = stored(50, 50);

    assertThat(output.growth(), is(0.0));
    assertThat(
        "eleven minutes are open, of five keys each, at any rate",
        output.openAt(1_000_000, 60_000, Duration.ofMinutes(10), Duration.ofMinutes(11)),
        closeTo(55, 1e-9));
  }

  @Test
  void answersToEachEventGrowWithTheRate() {
    StoredOutput output = stored(60_000, 15_000);

    assertThat(output.growth(), closeTo(1, 1e-12));
    assertThat(
        "each of the 1,000 events a second of eleven minutes",
        output.openAt(1_000, 60_000, Duration.ofMinutes(10), Duration.ofMinutes(11)),
        closeTo(660_000, 1e-3));
  }

  @Test
  void keysThatRepeatSometimesGrowByTheirPower() {
    // Four times the events bring twice the answers.
    StoredOutput output = stored(1_000, 500);

    assertThat(output.growth(), closeTo(0.5, 1e-12));
    assertThat(
        "100 answers a minute at 100 events a second, so 200 at 400",
        output.openAt(400, 60_000, Duration.ofMinutes(10), MINUTE),
        closeTo(200, 1e-9));
  }

  @Test
  void aSampleShorterThanAWindowFillsPartOfOne() {
    // One minute of 100 events a second, of which each has an answer; windows are an hour.
    StoredOutput output =
        StoredOutput.of(
            rows(6_000, Duration.ofHours(1)), rows(1_500, Duration.ofHours(1)), 6_000, 1_500);

    assertThat(
        "a window has sixty times as many when it is full",
        output.openAt(100, 6_000, MINUTE, Duration.ofHours(1)),
        closeTo(360_000, 1e-3));
  }

  @Test
  void aWindowThatNeverEndsIsLookedAtAfterAYear() {
    Duration ever = Duration.ofDays(365_000);
    StoredOutput output = StoredOutput.of(rows(1_000, ever), rows(500, ever), 60_000, 15_000);

    assertThat(
        "100 events a second for a year are 52,560 times as many as in ten minutes",
        output.openAt(100, 60_000, Duration.ofMinutes(10), ever),
        closeTo(1_000 * Math.sqrt(52_560), 1e-6));
  }

  private static StoredOutput stored(long rows, long thinned) {
    return StoredOutput.of(rows(rows, MINUTE), rows(thinned, MINUTE), 60_000, 15_000);
  }

  private static OutputRows rows(long rows, Duration window) {
    return new OutputRows("sums", rows, 5, window);
  }

  private static TrialRun run(long events, double cpuSeconds) {
    return new TrialRun(events, 0, cpuSeconds, cpuSeconds / 2, 0, List.of());
  }

  private static EventSample sample(long events) {
    return new EventSample(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of("orders", events),
        0,
        events * 250,
        Duration.ofMinutes(10),
        true,
        true);
  }
}
