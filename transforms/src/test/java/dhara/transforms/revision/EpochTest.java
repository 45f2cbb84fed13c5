package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EpochTest {

  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;

  @Test
  void aShardThatNobodyHadBeginsAtTheTimeOnTheClock() {
    assertThat(Epoch.taken(null, NOON), is(NOON));
  }

  @Test
  void whoTakesOverWithARightClockBeginsAtTheTimeOnIt() {
    assertThat(Epoch.taken(NOON, NOON + 2_000), is(NOON + 2_000));
    assertThat(Epoch.taken(NOON, NOON + 201), is(NOON + 201));
  }

  @Test
  void whoTakesOverWithAClockThatIsBehindLeavesAHundredThousandAnswersBehind() {
    assertThat(Epoch.taken(NOON, NOON - HOUR), is(NOON + Epoch.LEAP));
    assertThat(
        new Revision(Epoch.taken(NOON, NOON - HOUR), 0).number(),
        is(new Revision(NOON, 100_000).number()));
  }

  @Test
  void ofTwoThatTakeOverFromTheSameCheckpointTheLaterOneBeginsLaterThoughItsClockIsBehind() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 100_000; round++) {
      long behind = random.nextLong(1, Epoch.REACH);
      long restart = random.nextLong(1_000, 30_000);
      assertThat(
          Epoch.taken(NOON, NOON - behind + restart),
          is(greaterThan(Epoch.taken(NOON, NOON - behind))));
    }
  }

  @Test
  void epochsRiseWithTheClockWhereverItStands() {
    long before = 0;
    for (long clock = NOON - 2 * Epoch.REACH; clock < NOON + 2 * Epoch.REACH; clock += 7) {
      long epoch = Epoch.taken(NOON, clock);
      assertThat(epoch, is(greaterThanOrEqualTo(before)));
      assertThat(epoch, is(greaterThanOrEqualTo(NOON + Epoch.LEAP)));
      assertThat(epoch, is(lessThanOrEqualTo(Math.max(clock, NOON + 2 * Epoch.LEAP + 1))));
      before = epoch;
    }
  }
}
