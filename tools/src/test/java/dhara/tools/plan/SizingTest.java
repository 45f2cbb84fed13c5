package dhara.tools.plan;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingTest {

  /** 50,000 events a core; half of the capacity in use; 200 bytes; 10 MB a partition. */
  private static final Sizing.Asked HALF =
      new Sizing.Asked(50_000, 0.5, 600, 1800, 200, 10_000_000, 4);

  @ParameterizedTest
  @CsvSource({
    "10000,      20000,      1,     1,     1",
    "100000,     200000,     4,     4,     1",
    "1000000,    2000000,    40,    40,    10",
    "10000000,   20000000,   400,   400,   100",
    "100000000,  200000000,  4000,  4000,  1000",
    "1000000000, 2000000000, 40000, 40000, 10000",
  })
  void aStreamIsSizedForAnyRate(
      double rate, double capacity, long parallelism, long partitions, long machines) {
    assertThat(HALF.at(rate), is(new Sizing(capacity, parallelism, partitions, machines)));
  }

  @Test
  void catchingUpAfterAnOutageMayAskForMoreThanTheReserve() {
    // An hour of 90,000 events a second is worked off in half an hour if twice as many come out
    // beside those that come in.
    Sizing.Asked asked = new Sizing.Asked(50_000, 0.9, 3600, 1800, 200, 10_000_000, 4);

    assertThat(asked.at(90_000), is(new Sizing(270_000, 6, 6, 2)));
  }

  @Test
  void partitionsAreAMultipleOfTheWorkersThatCarriesTheBytes() {
    Sizing.Asked large = new Sizing.Asked(50_000, 0.5, 0, 1, 2_000, 10_000_000, 4);

    // 200 MB a second take twenty partitions, and four workers.
    assertThat(large.at(100_000), is(new Sizing(200_000, 4, 20, 1)));
    // 210 MB take 21, and each of the five workers reads as many as the others.
    assertThat(large.at(105_000), is(new Sizing(210_000, 5, 25, 2)));
  }

  @Test
  void aPastTakesAsLongAsTheThroughputLeavesForIt() {
    // A day at 100,000 events a second; 10 cores do 60,000 each in a batch, and 30,000 in a stream.
    BackfillTime time = BackfillTime.of(100_000, 86_400, 10, 60_000, 30_000);

    assertThat(time, is(new BackfillTime(8.64e9, 3, 14_400, 28_800, 43_200)));
    assertThat(
        "p / (f − 1)", time.besideLiveSeconds(), closeTo(86_400 / (time.factor() - 1), 1e-6));
  }

  @Test
  void aStreamWithoutReserveNeverCatchesUp() {
    assertThat(
        BackfillTime.of(300_000, 60, 10, 60_000, 30_000).besideLiveSeconds(),
        is(Double.POSITIVE_INFINITY));
  }

  @Test
  void idsAreKeptForTheHorizon() {
    StateEstimate ids = StateEstimate.ofIds(1_000, Duration.ofMinutes(11), true);

    assertThat(ids.bytes(), is(1_000 * 660 * 24.0));
    assertThat(
        "an interval of 66 s is a tenth of the horizon",
        ids.newBytes(Duration.ofSeconds(66), Duration.ofMinutes(11)),
        closeTo(1_000 * 66 * 24.0, 1e-6));
    assertThat(StateEstimate.ofIds(1_000, Duration.ofMinutes(11), false).bytes(), is(0.0));
  }
}
