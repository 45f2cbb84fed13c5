package dhara.metrics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dhara.metrics.Delays.Due;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DelaysTest {

  @Test
  void answersAreCountedByHowLongAgoTheyWereDue() {
    Delays.Counting counting = new Delays.Counting();
    for (long due : List.of(100L, 100L, 90L, 100L, 85L)) {
      counting.given(due);
    }
    assertThat(counting.until(110), is(new Delays(Map.of(10L, 3L, 20L, 1L, 25L, 1L))));
  }

  @Test
  void earlyAnswersAndThoseThatAreNeverDueHaveNoDelay() {
    Delays.Counting counting = new Delays.Counting();
    for (long due : List.of(Due.NEVER, 111L, 110L, Due.NEVER, Due.NEVER)) {
      counting.given(due);
    }
    assertThat(counting.until(110), is(new Delays(Map.of(0L, 1L))));
  }

  @Test
  void delaysAreRoundedUpByLessThanOneIn32() {
    LongStream small = LongStream.range(0, 5_000);
    LongStream large = new SplittableRandom(1).longs(5_000, 0, 1L << 50);
    LongStream.concat(small, large)
        .forEach(
            delay -> {
              double most = delay * (33.0 / 32);
              double rounded = Delays.rounded(delay);
              assertThat(
                  delay + " rounded",
                  rounded,
                  is(allOf(greaterThanOrEqualTo((double) delay), lessThan(most + 0.001))));
            });
  }

  @Test
  void theMillisecondsOfADayAreFewDelays() {
    // Each up to 64, 32 in each of 20 doublings, and those that 86,400,000 begins.
    assertThat(
        LongStream.range(0, 86_400_000).map(Delays::rounded).distinct().count(),
        is(64L + 20 * 32 + 11));
  }

  @Test
  void aPercentileIsTheLeastDelayThatSoManyAnswersDoNotExceed() {
    RecentDelays recent = new RecentDelays();
    assertThat(recent.percentile(50), is(-1L));
    recent.add(0, new Delays(Map.of(1L, 94L, 2L, 1L, 3L, 4L)));
    recent.add(0, new Delays(Map.of(900L, 1L)));
    assertThat(recent.percentile(50), is(1L));
    assertThat(recent.percentile(94), is(1L));
    assertThat(recent.percentile(95), is(2L));
    assertThat(recent.percentile(96), is(3L));
    assertThat(recent.percentile(99), is(3L));
    assertThat(recent.percentile(100), is(900L));
  }

  @Test
  void theMedianOfThreeIsTheSecond() {
    RecentDelays recent = new RecentDelays();
    recent.add(0, new Delays(Map.of(5L, 1L, 7L, 1L, 9L, 1L)));
    assertThat(recent.percentile(50), is(7L));
  }

  @Test
  void delaysOfMoreThanAMinuteAgoAreForgottenOnceThereAreOthers() {
    RecentDelays recent = new RecentDelays();
    recent.add(1_000, new Delays(Map.of(500L, 10L)));
    recent.add(59_000, new Delays(Map.of(1L, 1L)));
    assertThat(recent.percentile(50), is(500L));
    assertThat(recent.percentile(50), is(500L));
    recent.add(61_000, new Delays(Map.of(1L, 1L)));
    assertThat(recent.percentile(100), is(1L));
    recent.add(10_000_000, new Delays(Map.of(8L, 1L)));
    assertThat(recent.percentile(1), is(8L));
  }
}
