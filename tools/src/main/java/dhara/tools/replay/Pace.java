package dhara.tools.replay;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets event time go by a number of times as fast as the wall clock. Every wait is measured from
 * the start, so that no delay adds up.
 */
final class Pace {

  private final double speed;
  private final CountDownLatch stop;
  private long startNanos;
  private long startMicros = ReplayPlan.START;

  /**
   * @param speed zero for as fast as it goes
   * @param stop ends a wait when it falls to zero
   */
  Pace(double speed, CountDownLatch stop) {
    this.speed = speed;
    this.stop = stop;
  }

  /** Waits until the clock of event time shows a time, in microseconds; less if it is stopped. */
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

  /** How long after the start it is time for what comes so long after the first record. */
  static long dueNanos(long micros, double speed) {
    return (long) (micros * 1_000.0 / speed);
  }
}
