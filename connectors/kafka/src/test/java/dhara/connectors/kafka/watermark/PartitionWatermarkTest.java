package dhara.connectors.kafka.watermark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tables of a partition's inputs, in order, with the watermark after each. */
final class PartitionWatermarkTest {

  private static final long DISORDER = 10_000;
  private static final long IDLE_AFTER = 30_000;
  private static final int PARTITION = 3;

  /** A year before the wall clock of these tests. */
  private static final long LAST_YEAR = at("2025-06-01T12:00:00Z");

  private long now = at("2026-06-01T12:00:00Z");
  private TopicTail tail;
  private PartitionWatermark watermark = startingAt(TopicTail.NONE);

  @Test
  void trailsTheNewestEventByTheDisorder() {
    event(LAST_YEAR);
    assertThat(whileReading(), is(LAST_YEAR - DISORDER));
    event(LAST_YEAR + 60_000);
    assertThat(whileReading(), is(LAST_YEAR + 60_000 - DISORDER));
  }

  @Test
  void doesNotFallWhenAnOlderEventArrives() {
    event(LAST_YEAR + 60_000);
    event(LAST_YEAR);
    event(at("2001-01-01T00:00:00Z"));
    assertThat(whileReading(), is(LAST_YEAR + 60_000 - DISORDER));
  }

  @Test
  void isUnknownBeforeTheFirstEvent() {
    assertThat(whileReading(), is(TopicTail.NONE));
  }

  @Test
  void badEventsDoNotMoveIt() {
    event(LAST_YEAR);
    watermark.other(0);
    assertThat(whileReading(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void badEventsEndASilence() {
    event(LAST_YEAR);
    pass(IDLE_AFTER - 1);
    watermark.other(0);
    tail(LAST_YEAR + 3_600_000);
    pass(IDLE_AFTER - 1);
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void replayOfLastYearAtFullSpeedIsNeverAheadOfItsEvents() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long at = LAST_YEAR + i * 100L - random.nextLong(DISORDER);
      assertThat(at, greaterThanOrEqualTo(whileReading()));
      event(at);
    }
  }

  @Test
  void theWallClockDoesNotMatter() {
    event(LAST_YEAR);
    pass(Duration.ofDays(400).toMillis());
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
    pass(-Duration.ofDays(4_000).toMillis());
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void anIdlePartitionFollowsTheTailOfItsTopicAndNoFurther() {
    event(LAST_YEAR);
    pass(IDLE_AFTER);
    tail(LAST_YEAR + 3_600_000);
    assertThat(caughtUp(), is(LAST_YEAR + 3_600_000 - DISORDER));
    pass(Duration.ofHours(1).toMillis());
    assertThat(caughtUp(), is(LAST_YEAR + 3_600_000 - DISORDER));
  }

  @Test
  void aPartitionThatWasNeverWrittenFollowsToo() {
    pass(IDLE_AFTER);
    tail(LAST_YEAR);
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aPartitionThatIsSilentForLessDoesNotFollow() {
    event(LAST_YEAR);
    tail(LAST_YEAR + 3_600_000);
    pass(IDLE_AFTER - 1);
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aPartitionWithSomethingLeftToReadDoesNotFollow() {
    event(LAST_YEAR);
    tail(LAST_YEAR + 3_600_000);
    pass(IDLE_AFTER);
    assertThat(watermark.watermark(1, now), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aPartitionWhoseBacklogIsUnknownDoesNotFollow() {
    event(LAST_YEAR);
    tail(LAST_YEAR + 3_600_000);
    pass(IDLE_AFTER);
    assertThat(watermark.watermark(-1, now), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aBacklogThatWasCountedBeforeTheTailWasReadSaysNothing() {
    event(LAST_YEAR);
    pass(IDLE_AFTER);
    tail(LAST_YEAR + 3_600_000);
    assertThat(watermark.watermark(0, tail.readAt()), is(LAST_YEAR - DISORDER));
  }

  @Test
  void transactionMarkersAreNothingLeftToRead() {
    event(LAST_YEAR);
    pass(IDLE_AFTER);
    // The last record has offset 40; 41 and 42 are markers.
    tail = new TopicTail(now - 1, LAST_YEAR + 60_000, Map.of(PARTITION, new TopicTail.End(41, 43)));
    assertThat(watermark.watermark(3, now), is(LAST_YEAR - DISORDER));
    assertThat(watermark.watermark(2, now), is(LAST_YEAR + 60_000 - DISORDER));
  }

  @Test
  void standsWhileTheWholeTopicIsSilentSoThatAPausedReplayLosesNothing() {
    event(LAST_YEAR);
    tail(LAST_YEAR);
    pass(Duration.ofHours(1).toMillis());
    tail(LAST_YEAR);
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void staysUnknownInATopicWithoutEvents() {
    tail(TopicTail.NONE);
    pass(Duration.ofHours(1).toMillis());
    assertThat(caughtUp(), is(TopicTail.NONE));
  }

  @Test
  void holdsWhileNoTailIsKnown() {
    event(LAST_YEAR);
    pass(IDLE_AFTER);
    assertThat(caughtUp(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aPartitionThatWakesDoesNotGoBack() {
    event(LAST_YEAR);
    pass(IDLE_AFTER);
    tail(LAST_YEAR + 3_600_000);
    caughtUp();
    event(LAST_YEAR + 1);
    assertThat(whileReading(), is(LAST_YEAR + 3_600_000 - DISORDER));
    event(LAST_YEAR + 7_200_000);
    assertThat(whileReading(), is(LAST_YEAR + 7_200_000 - DISORDER));
  }

  @Test
  void aTailThatFallsDoesNotPullItBack() {
    pass(IDLE_AFTER);
    tail(LAST_YEAR + 60_000);
    caughtUp();
    tail(LAST_YEAR);
    assertThat(caughtUp(), is(LAST_YEAR + 60_000 - DISORDER));
  }

  @Test
  void aRestoreGoesOnWhereItWas() {
    watermark = startingAt(LAST_YEAR);
    assertThat(whileReading(), is(LAST_YEAR));
    event(LAST_YEAR - 60_000);
    assertThat(whileReading(), is(LAST_YEAR));
    event(LAST_YEAR + 60_000);
    assertThat(whileReading(), is(LAST_YEAR + 60_000 - DISORDER));
  }

  private PartitionWatermark startingAt(long previous) {
    return new PartitionWatermark(
        PARTITION,
        Duration.ofMillis(DISORDER),
        Duration.ofMillis(IDLE_AFTER),
        previous,
        () -> now,
        () -> tail);
  }

  private void event(long atMillis) {
    watermark.event(atMillis, 0);
  }

  private void pass(long millis) {
    now += millis;
  }

  private void tail(long newest) {
    tail = new TopicTail(now - 1, newest, Map.of(PARTITION, new TopicTail.End(10, 10)));
  }

  private long whileReading() {
    return watermark.watermark(5, now);
  }

  private long caughtUp() {
    return watermark.watermark(0, now);
  }

  private static long at(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }
}
