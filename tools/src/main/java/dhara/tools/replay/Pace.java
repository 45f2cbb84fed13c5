package dhara.tools.replay;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets event time pass a given number of times faster than the wall clock. Every wait is measured
 * from the start, so that delays do not add up.
 */
final class Pace {

  private final double speed;
  private final CountDownLatch stop;
  private long startNanos;
  private long startMicros = ReplayPlan.START;

  /**
   * @param speed zero for as fast as possible
   * @param stop ends a wait when it counts down to zero
   */
  Pace(double speed, CountDownLatch stop) {
    this.speed = speed;
    this.stop = stop;
  }

  /** Waits until the event-time clock shows a time, in microseconds, or until it is stopped. */
  void await(long micros) {
    if (speed == 0 || micros == ReplayPlan.START) {
      return;
    }
    if (startMicros == ReplayPlan.START) {
      startMicros = micros;
      startNanos = System.nanoTime();
      return;
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

  /** How long after the start a record is due that comes this long after the first one. */
  static long dueNanos(long micros, double speed) {
    return (long) (micros * 1_000.0 / speed);
  }
}
