package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;

class RevisionClockTest {

  @Test
  void eachRevisionIsAboveTheOneBeforeThoughAMillisecondHoldsMany() {
    RevisionClock clock = new RevisionClock();
    long last = 0;
    for (int i = 0; i < 10_000; i++) {
      long next = clock.next(i % 3 == 0);
      assertThat(next, greaterThan(last));
      last = next;
    }
  }

  @Test
  void itTellsFirstAnswersFromThoseThatReplaceThem() {
    RevisionClock clock = new RevisionClock();
    for (boolean first : new boolean[] {true, true, false, false, true, false}) {
      assertThat(RevisionClock.first(clock.next(first)), is(first));
    }
    assertThat(RevisionClock.first(RevisionClock.at(Instant.EPOCH.plusMillis(7))), is(true));
  }

  @Test
  void aClockThatIsRestoredDoesNotStartAgain() {
    RevisionClock clock = new RevisionClock();
    Instant before = Instant.now();
    assertThat(clock.next(true), greaterThanOrEqualTo(RevisionClock.at(before)));
    assertThat(
        SerializableUtils.clone(clock).next(true), greaterThanOrEqualTo(RevisionClock.at(before)));
  }
}
