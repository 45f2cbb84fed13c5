package dhara.benchmarks.kafka;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.playback.PlaybackJob;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Counts the events that the answers of this JVM's job cover. No contestant knows where a topic
 * ends, so a job is done, and is cancelled, when its answers cover all events. It is static,
 * because engines copy and serialize what they run.
 */
public final class Answered {

  private record Goal(long events, long closedMillis, AtomicLong left, CountDownLatch reached) {}

  private static volatile Goal goal = new Goal(0, 0, new AtomicLong(), new CountDownLatch(0));

  private Answered() {}

  /** Resets the state of an earlier job. */
  public static void start(PlaybackJob job) {
    Checksum.start();
    goal =
        new Goal(
            job.events(),
            PlaybackTopic.closedMillis(job),
            new AtomicLong(job.events()),
            new CountDownLatch(1));
  }

  /**
   * Takes an answer. Answers of the window with the topic's closing lines are ignored: an engine
   * whose watermark follows the wall clock of a silent topic emits them.
   */
  public static void add(
      String key, long startMillis, long events, long sum, long min, long max, long errors) {
    Goal now = goal;
    if (startMillis >= now.closedMillis) {
      return;
    }
    PlaybackJob.settle(key, startMillis, events, sum, min, max, errors);
    if (now.left.addAndGet(-events) <= 0) {
      now.reached.countDown();
    }
  }

  /**
   * Waits until answers cover all events.
   *
   * @param runs whether the job still runs; asked now and then
   * @throws IllegalStateException where it does not, and events are left
   */
  public static Outcome await(BooleanSupplier runs) throws InterruptedException {
    Goal now = goal;
    while (!now.reached.await(1, TimeUnit.SECONDS)) {
      if (!runs.getAsBoolean()) {
        throw new IllegalStateException(
            "the job ended, and its answers lack " + now.left.get() + " events");
      }
    }
    return Checksum.outcome(now.events);
  }
}
