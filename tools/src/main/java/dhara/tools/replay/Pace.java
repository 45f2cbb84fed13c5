package dhara.tools.replay;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets event time pass a given number of times faster than the wall clock, from a start on; nothing
 * before the start waits. Every wait is measured from the start, so that delays do not add up.
 */
final class Pace {

  private final double speed;
  private final long historyMicros;
  private final CountDownLatch stop;
  private long startNanos;
  private long startMicros = ReplayPlan.START;

  /**
   * @param speed zero for as fast as possible
   * @param history how long after the first record the start is, in event time
   * @param stop ends a wait when it counts down to zero
   */
  Pace(double speed, Duration history, CountDownLatch stop) {
    this.speed = speed;
    this.historyMicros = history.toNanos() / 1_000;
    this.stop = stop;
  }

  /** Waits until the event-time clock shows a time, in microseconds, or until it is stopped. */
  void await(long micros) {
    if (speed == 0 || micros == ReplayPlan.START) {
      return;
    }
    if (startMicros == ReplayPlan.START) {
      startMicros = micros + historyMicros;
      startNanos = System.nanoTime();
    }
    long nanos = dueNanos(micros - startMicros, speed) - (System.nanoTime() - startNanos);
    if (nanos <= 0) {
      return;
    }
    try {
      boolean unused = stop.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  /** How long after the start a record is due that is this much later. */
  static long dueNanos(long micros, double speed) {
    return (long) (micros * 1_000.0 / speed);
  }
}
