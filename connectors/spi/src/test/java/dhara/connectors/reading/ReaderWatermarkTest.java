package dhara.connectors.reading;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReaderWatermarkTest {

  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final AtomicLong newest = new AtomicLong(ReaderWatermark.NONE);

  private ReaderWatermark reader(long previous) {
    return new ReaderWatermark(
        Duration.ofMillis(10), Duration.ofMillis(500), clock::get, newest, previous, clock.get());
  }

  @Test
  void trailsTheNewestEventAndNeverFalls() {
    ReaderWatermark reader = reader(ReaderWatermark.NONE);
    assertThat(reader.known(), is(ReaderWatermark.NONE));

    reader.event(100);
    assertThat(reader.known(), is(90L));
    reader.event(40);
    assertThat(reader.known(), is(90L));
    reader.event(101);
    assertThat(reader.known(), is(91L));
  }

  @Test
  void goesOnFromWhereItWasBeforeARestore() {
    ReaderWatermark reader = reader(90);

    reader.event(50);

    assertThat(reader.known(), is(90L));
  }

  @Test
  void theWallClockAloneMovesNothing() {
    ReaderWatermark reader = reader(ReaderWatermark.NONE);
    clock.addAndGet(86_400_000);
    reader.nothing();
    assertThat(reader.known(), is(ReaderWatermark.NONE));

    reader.event(100);
    clock.addAndGet(86_400_000);
    reader.nothing();
    assertThat(reader.known(), is(90L));
  }

  @Test
  void anIdleReaderFollowsTheNewestEventOfItsProcess() {
    ReaderWatermark idle = reader(ReaderWatermark.NONE);
    ReaderWatermark busy = reader(ReaderWatermark.NONE);
    busy.event(300);

    idle.nothing();
    assertThat("idle for too short a while", idle.known(), is(ReaderWatermark.NONE));
    clock.addAndGet(500);
    idle.nothing();
    assertThat(idle.known(), is(290L));
  }

  @Test
  void whoHearsGarbageIsNotIdle() {
    ReaderWatermark reader = reader(ReaderWatermark.NONE);
    reader(ReaderWatermark.NONE).event(300);
    clock.addAndGet(499);
    reader.heard();
    clock.addAndGet(499);

    reader.nothing();

    assertThat(reader.known(), is(ReaderWatermark.NONE));
    assertThat(reader.heardAt(), is(1_000_499L));
  }
}
