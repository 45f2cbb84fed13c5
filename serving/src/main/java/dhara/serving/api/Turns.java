package dhara.serving.api;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many requests may use the store at the same time. The others wait in the order in which they
 * came: more queries than cores at once would only slow each other down. Who has waited too long,
 * or finds too many waiting, is refused with 429.
 */
final class Turns {

  private final Semaphore entered;
  private final Semaphore free;
  private final Duration patience;
  private final int atOnce;

  /**
   * @param atOnce how many have their turn at the same time
   * @param mostWaiting how many may wait; each of them holds a thread of the server
   * @param patience how long one waits at most
   */
  Turns(int atOnce, int mostWaiting, Duration patience) {
    this.entered = new Semaphore(atOnce + mostWaiting);
    this.free = new Semaphore(atOnce, true);
    this.patience = patience;
    this.atOnce = atOnce;
  }

  /**
   * Does something when it is its turn.
   *
   * @throws Refusal if the server is too busy
   * @throws Exception what the work throws
   */
  <T> T take(Callable<T> work) throws Exception {
    if (!entered.tryAcquire()) {
      throw busy();
    }
    try {
      if (!free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy();
      }
      try {
        return work.call();
      } finally {
        free.release();
      }
    } finally {
      entered.release();
    }
  }

  /** What a request is told that cannot wait. */
  static Refusal busy() {
    return new Refusal(
        Refusal.TOO_MANY, "the server is busy with other queries; try again in a second");
  }

  /**
   * Waits until all who have a turn, or wait for one, have had it; false if it takes longer. Turns
   * are given as before: the work of those who come later must refuse by itself.
   */
  boolean allOver(Duration atMost) {
    try {
      if (!free.tryAcquire(atOnce, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      free.release(atOnce);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true; // whoever is interrupted does not wait
    }
  }

  /** How many wait. */
  int waiting() {
    return free.getQueueLength();
  }
}
