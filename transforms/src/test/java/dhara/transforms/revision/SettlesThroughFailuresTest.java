package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Instant;
import java.util.SplittableRandom;
import org.apache.beam.sdk.state.ValueState;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A store keeps what workers write in turn: the number of each answer of one key must be above all
 * numbers before, whatever the workers' clocks say and however often they fail.
 */
class SettlesThroughFailuresTest {

  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  private static final long HOUR = 3_600_000;

  /** What a checkpoint holds of a shard with one key. */
  private record Checkpoint(@Nullable Long epoch, long count) {}

  /** A state in memory. */
  private static final class Held implements ValueState<Long> {

    private @Nullable Long value;

    Held(@Nullable Long value) {
      this.value = value;
    }

    @Override
    public void write(Long input) {
      value = input;
    }

    @Override
    public @Nullable Long read() {
      return value;
    }

    @Override
    public ValueState<Long> readLater() {
      throw new UnsupportedOperationException("there is nothing to wait for");
    }

    @Override
    public void clear() {
      value = null;
    }
  }

  /** A stream with one key: true time, a worker's clock, and a store that has seen all numbers. */
  private static final class Stream {

    private double millis = NOON;
    private long skew;
    private long highest;
    private Checkpoint checkpoint = new Checkpoint(null, 0);
    private Epochs worker;
    private Held state = new Held(null);
    private long count;

    Stream() {
      worker = startedWorker();
    }

    private Epochs startedWorker() {
      return new Epochs(() -> (long) millis + skew);
    }

    long clock() {
      return (long) millis + skew;
    }

    /** By how many milliseconds the highest number is ahead of the right time. */
    double ahead() {
      return highest / (double) Revision.COUNTS - millis;
    }

    /** An answer takes some time; its number must be above all before. */
    long answer(double tookMillis) {
      millis += tookMillis;
      long number = new Revision(worker.of(0, state), count++).number();
      assertThat("after " + highest, number, is(greaterThan(highest)));
      highest = number;
      return number;
    }

    void checkpoint() {
      checkpoint = new Checkpoint(state.read(), count);
    }

    /** Another worker goes on from the checkpoint. */
    void restore(double tookMillis, long newSkew) {
      millis += tookMillis;
      skew = newSkew;
      state = new Held(checkpoint.epoch());
      count = checkpoint.count();
      worker = startedWorker();
    }
  }

  @Test
  void aClockThatRanAheadAndIsSetBackIsFollowedWithoutAFall() {
    Stream stream = new Stream();
    stream.skew = HOUR;
    stream.answer(10);
    stream.checkpoint();
    stream.answer(10);
    stream.skew = 0;
    for (int i = 0; i < 10_000; i++) {
      stream.answer(10);
    }
    stream.restore(2_000, 0);
    stream.answer(1);
    stream.answer(HOUR + 2 * Epoch.KEPT);
    stream.answer(Epoch.KEPT);
    assertThat("right again", stream.ahead(), is(lessThanOrEqualTo(20.0)));
  }

  @Test
  void aKeyMovesToAWorkerWhoseClockIsAnHourBehind() {
    Stream stream = new Stream();
    stream.skew = HOUR / 2;
    stream.answer(1);
    stream.checkpoint();
    for (int i = 0; i < 50_000; i++) {
      stream.answer(1);
    }
    stream.restore(500, -HOUR / 2);
    stream.answer(1);
  }

  @Test
  void aKeyMovesToAndFroBetweenWorkersOfWhichOneIsBehindAndStateIsNeverTakenBack() {
    Stream stream = new Stream();
    Epochs behind = new Epochs(() -> stream.clock() - HOUR);
    Epochs ahead = stream.worker;
    for (int i = 0; i < 10_000; i++) {
      stream.worker = i % 3 == 0 ? behind : ahead;
      stream.answer(50);
      assertThat(stream.ahead(), is(lessThanOrEqualTo(2.0 * Epoch.LEAP + 10)));
    }
  }

  @Test
  void aSecondFailureBeforeTheNextCheckpointMakesNumbersRiseThoughTheClockIsBehind() {
    Stream stream = new Stream();
    stream.skew = 60_000;
    stream.answer(1);
    stream.checkpoint();
    for (int failure = 0; failure < 20; failure++) {
      for (int i = 0; i < 50; i++) {
        stream.answer(1);
      }
      stream.restore(1_500, 0);
    }
    stream.answer(1);
  }

  @Test
  void aRestoreAmidAMillionAnswersRepeatsNoNumberAndRunsNotAhead() {
    int keys = 1_000;
    Epochs.Clock[] clock = {() -> NOON};
    long[] highest = new long[keys];
    Held kept = new Held(null);
    Epochs worker = new Epochs(() -> clock[0].millis());
    long answers = 0;
    long restored = 0;
    for (int i = 0; i < 1_000_000; i++) {
      if (i == 500_000) { // the last 300,000 answers are forgotten
        restored = 1_000;
        answers -= 300_000;
        worker = new Epochs(() -> clock[0].millis());
      }
      long now = NOON + i / 2_000 + restored; // 2 million answers a second
      clock[0] = () -> now;
      long number = new Revision(worker.of(0, kept), answers++ / keys).number();
      assertThat(number, is(greaterThan(highest[i % keys])));
      assertThat(number / Revision.COUNTS, is(lessThanOrEqualTo(now + 1)));
      highest[i % keys] = number;
    }
  }

  @Test
  void numbersRiseWhateverTheClocksSayIfACheckpointIsCompletedEachMinute() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 300; round++) {
      Stream stream = new Stream();
      for (int step = 0; step < 50; step++) {
        stream.answer(1); // takes over
        stream.checkpoint();
        for (int seconds = random.nextInt(300); seconds > 0; seconds -= 10) {
          for (int i = random.nextInt(20); i > 0; i--) {
            stream.answer(random.nextDouble(0.002, 500));
          }
          if (random.nextInt(3) > 0) {
            stream.checkpoint();
          }
          stream.skew += random.nextInt(20) == 0 ? random.nextLong(-HOUR, HOUR) : 0;
        }
        stream.restore(random.nextInt(10, 20_000), random.nextLong(-HOUR, HOUR));
      }
    }
  }

  @Test
  void numbersRiseThoughNoCheckpointIsEverCompletedIfTheClocksAreRight() {
    SplittableRandom random = new SplittableRandom(12);
    for (int round = 0; round < 300; round++) {
      Stream stream = new Stream();
      for (int step = 0; step < 300; step++) {
        switch (random.nextInt(10)) {
          case 0 -> stream.restore(random.nextInt(1_000, 20_000), 0);
          default -> stream.answer(random.nextDouble(0.002, 20_000));
        }
      }
      assertThat(stream.ahead(), is(lessThanOrEqualTo(1.0)));
    }
  }

  @Test
  void aBackfillReplacesAStreamAndTheStreamReplacesTheBackfillWhenItIsResumed() {
    Stream stream = new Stream();
    stream.answer(1);
    stream.checkpoint();
    stream.answer(30_000);
    long backfill = Revision.at(Instant.ofEpochMilli(stream.clock() + 1)).number();
    assertThat(backfill, is(greaterThan(stream.highest)));
    stream.restore(2_000, 0);
    assertThat(stream.answer(1), is(greaterThan(backfill)));
  }

  @Test
  void aStreamThatRunsOnReplacesABackfillTwoMinutesAfterItsStart() {
    Stream stream = new Stream();
    stream.answer(1);
    long backfill = Revision.at(Instant.ofEpochMilli(stream.clock() + 1)).number();
    stream.answer(1_000);
    assertThat("not yet", stream.highest, is(lessThanOrEqualTo(backfill)));
    for (int i = 0; i < 125; i++) {
      stream.answer(1_000);
    }
    assertThat(stream.highest, is(greaterThan(backfill)));
  }
}
