package dhara.transforms.load;

import static dhara.transforms.load.LoadLevel.EMERGENCY;
import static dhara.transforms.load.LoadLevel.NORMAL;
import static dhara.transforms.load.LoadLevel.REDUCED;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class WorkerLoadTest {

  private static final LoadTerms TERMS = LoadTerms.of(30_000, 0.8, 0.9, 0.95);

  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final WorkerLoad load = new WorkerLoad(TERMS, clock::get);

  private void readOneThatWaited(long millis) {
    load.read(clock.get() - millis);
  }

  @Test
  void aWorkerThatHasReadNothingHasNoLoad() {
    assertThat(load.lagMillis(), is(0L));
    assertThat(load.level(), is(NORMAL));
  }

  @Test
  void theLevelRisesAtOnceWithTheLag() {
    readOneThatWaited(23_999);
    assertThat(load.level(), is(NORMAL));
    readOneThatWaited(24_000);
    assertThat(load.level(), is(REDUCED));
    readOneThatWaited(600_000);
    assertThat(load.level(), is(EMERGENCY));
    assertThat(load.lagMillis(), is(600_000L));
  }

  @Test
  void oneRecordOnTimeAmongLateOnesEndsNoLevel() {
    for (int second = 0; second < 30; second++) {
      readOneThatWaited(second % 2 == 0 ? 29_000 : 5);
      assertThat(load.level(), is(EMERGENCY));
      clock.addAndGet(1_000);
    }
  }

  @Test
  void itFallsWhenWhatIsReadHasCaughtUp() {
    readOneThatWaited(29_000);
    assertThat(load.level(), is(EMERGENCY));
    clock.addAndGet(5_000);
    readOneThatWaited(22_000); // 0.73 of the capacity
    assertThat(load.level(), is(EMERGENCY)); // the late one is less than ten seconds ago
    clock.addAndGet(5_000);
    readOneThatWaited(22_000);
    assertThat(load.level(), is(REDUCED)); // within the margin
    clock.addAndGet(10_000);
    readOneThatWaited(10);
    assertThat(load.level(), is(NORMAL));
  }

  @Test
  void itHasNoLoadAMinuteAfterItReadTheLastRecord() {
    readOneThatWaited(600_000);
    clock.addAndGet(59_999);
    assertThat(load.level(), is(EMERGENCY));
    clock.addAndGet(1);
    assertThat(load.level(), is(NORMAL));
    assertThat(load.lagMillis(), is(0L));
  }

  @Test
  void recordsFromTheFutureOrWithoutATimeAreNoLoad() {
    readOneThatWaited(-3_600_000);
    load.read(-1);
    assertThat(load.lagMillis(), is(0L));
  }

  @Test
  void earlyAnswersAreSkippedWhileTheLoadIsReducedAndCounted() {
    assertThat(load.skipsEarly(), is(false));
    readOneThatWaited(25_000);
    assertThat(load.skipsEarly(), is(true));
    assertThat(load.skipsEarly(), is(true));
    assertThat(load.skippedEarly(), is(2L));
    assertThat(load.skippedEarly(), is(0L));
  }

  @Test
  void theStepsOfARunInAProcessShareItsLoad() {
    WorkerLoad one = WorkerLoad.of(TERMS);
    PipelineOptions options = PipelineOptionsFactory.create();
    assertThat(WorkerLoad.here(options), is(nullValue()));
    options.as(WorkerLoad.Option.class).setLoadTerms(TERMS.text());
    assertThat(WorkerLoad.here(options), is(sameInstance(one)));
    LoadTerms other = LoadTerms.of(30_000, 0.8, 0.9, 0.95);
    assertThat(WorkerLoad.of(other), is(not(sameInstance(one))));
  }
}
