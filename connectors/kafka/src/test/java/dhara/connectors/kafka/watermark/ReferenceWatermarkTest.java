package dhara.connectors.kafka.watermark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.connectors.kafka.watermark.ReferenceWatermark.Lead;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables of the inputs of a reference's partition, in order, with the watermark after each. */
final class ReferenceWatermarkTest {

  private static final long DISORDER = 10_000;
  private static final int PARTITION = 1;
  private static final long LAST_YEAR = Instant.parse("2025-06-01T12:00:00Z").toEpochMilli();
  private static final long ASKED = 1_000;

  private Lead lead;
  private ReferenceWatermark watermark = startingAt(TopicTail.NONE);

  private ReferenceWatermark startingAt(long previous) {
    return new ReferenceWatermark(PARTITION, Duration.ofMillis(DISORDER), previous, () -> lead);
  }

  /** The newest fact has this time; the partition ended before this offset after that. */
  private void lead(long newestFact, long end) {
    lead =
        new Lead(
            newestFact,
            new TopicTail(ASKED, TopicTail.NONE, Map.of(PARTITION, new TopicTail.End(end, end))));
  }

  private long whileReading() {
    return watermark.watermark(5, ASKED + 1);
  }

  private long withNothingLeft() {
    return watermark.watermark(0, ASKED + 1);
  }

  @Test
  void noFactPassesBeforeAllThatIsThereWasRead() {
    lead(LAST_YEAR, 3);
    watermark.other(0);
    assertThat(whileReading(), is(TopicTail.NONE));
    watermark.other(1);
    assertThat(whileReading(), is(TopicTail.NONE));
    watermark.other(2);
    assertThat(whileReading(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void aSilentReferenceFollowsTheFacts() {
    lead(LAST_YEAR, 3);
    assertThat(withNothingLeft(), is(LAST_YEAR - DISORDER));
    lead(LAST_YEAR + 3_600_000, 3);
    assertThat(withNothingLeft(), is(LAST_YEAR + 3_600_000 - DISORDER));
  }

  @Test
  void aPartitionThatWasNeverWrittenFollowsToo() {
    lead = new Lead(LAST_YEAR, new TopicTail(ASKED, TopicTail.NONE, Map.of()));
    assertThat(withNothingLeft(), is(LAST_YEAR - DISORDER));
  }

  /** A busy partition always has a backlog, and yet it has everything that the facts need. */
  @Test
  void aBusyPartitionFollowsAsFarAsItWasRead() {
    watermark.other(9);
    lead(LAST_YEAR, 10);
    assertThat(whileReading(), is(LAST_YEAR - DISORDER));
    lead(LAST_YEAR + 60_000, 12);
    assertThat(whileReading(), is(LAST_YEAR - DISORDER));
    watermark.other(11);
    assertThat(whileReading(), is(LAST_YEAR + 60_000 - DISORDER));
  }

  @Test
  void aBacklogThatWasCountedBeforeTheEndsWereAskedForSaysNothing() {
    lead(LAST_YEAR, 3);
    assertThat(watermark.watermark(0, ASKED), is(TopicTail.NONE));
    assertThat(watermark.watermark(-1, ASKED + 1), is(TopicTail.NONE));
  }

  @Test
  void standsWhileTheFactsDoOrNobodyKnowsThem() {
    assertThat(withNothingLeft(), is(TopicTail.NONE));
    lead(TopicTail.NONE, 0);
    assertThat(withNothingLeft(), is(TopicTail.NONE));
    lead(LAST_YEAR, 0);
    assertThat(withNothingLeft(), is(LAST_YEAR - DISORDER));
    lead(LAST_YEAR, 0);
    assertThat(withNothingLeft(), is(LAST_YEAR - DISORDER));
  }

  @Test
  void doesNotFallAndGoesOnAfterARestoreWhereItWas() {
    watermark = startingAt(LAST_YEAR);
    assertThat(whileReading(), is(LAST_YEAR));
    lead(LAST_YEAR - 60_000, 0);
    assertThat(withNothingLeft(), is(LAST_YEAR));
    assertThat(watermark.known(), is(LAST_YEAR));
  }
}
