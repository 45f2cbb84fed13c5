package dhara.connectors.reading;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What takes a while to look up: it is looked up when somebody asks for it, in a thread of its own
 * and at most once in a while. Whoever asks gets what was found last, and never waits.
 */
public final class Refreshed<V> implements Supplier<@Nullable V> {

  private static final Logger LOG = LoggerFactory.getLogger(Refreshed.class);

  /** Less often than this there is nothing to gain: backlogs are counted once a second. */
  private static final Duration RAREST = Duration.ofSeconds(1);

  private final String what;
  private final Supplier<V> lookUp;
  private final long everyNanos;
  private final AtomicLong due = new AtomicLong(System.nanoTime());
  private volatile @Nullable V last;

  /**
   * Nothing yet.
   *
   * @param what is looked up, for a warning where it cannot be
   * @param every how long after a look-up the next one may start
   */
  public Refreshed(String what, Supplier<V> lookUp, Duration every) {
    this.what = what;
    this.lookUp = lookUp;
    this.everyNanos = (every.compareTo(RAREST) < 0 ? RAREST : every).toNanos();
  }

  /** What was found last, null while nothing was; starts the next look-up when it is due. */
  @Override
  public @Nullable V get() {
    long now = System.nanoTime();
    long dueNow = due.get();
    // While a look-up runs nothing is due: it sets the time of the next one when it ends.
    if (now - dueNow >= 0 && due.compareAndSet(dueNow, now + Long.MAX_VALUE / 2)) {
      Thread thread = new Thread(this::lookUpOnce, what.replace(' ', '-'));
      thread.setDaemon(true);
      thread.start();
    }
    return last;
  }

  private void lookUpOnce() {
    try {
      last = lookUp.get();
    } catch (RuntimeException e) {
      LOG.warn("The {} cannot be read; the watermark is held back until it can", what, e);
    } finally {
      due.set(System.nanoTime() + everyNanos);
    }
  }
}
