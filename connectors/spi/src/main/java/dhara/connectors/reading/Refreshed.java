package dhara.connectors.reading;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that takes a while to look up. A request starts the look-up in a background thread, at
 * most once per interval, and returns the value that was found last without waiting.
 */
public final class Refreshed<V> implements Supplier<@Nullable V> {

  private static final Logger LOG = LoggerFactory.getLogger(Refreshed.class);

  /**
   * The largest interval between look-ups that is useful, because backlogs are counted once a
   * second.
   */
  private static final Duration RAREST = Duration.ofSeconds(1);

  private final String what;
  private final Supplier<V> lookUp;
  private final long everyNanos;
  private final AtomicLong due = new AtomicLong(System.nanoTime());
  private volatile @Nullable V last;

  /**
   * Starts without a value.
   *
   * @param what the name of the value, for a warning if the look-up fails
   * @param every how long after a look-up the next one may start
   */
  public Refreshed(String what, Supplier<V> lookUp, Duration every) {
    this.what = what;
    this.lookUp = lookUp;
    this.everyNanos = (every.compareTo(RAREST) < 0 ? RAREST : every).toNanos();
  }

  /** The value found last, null before the first; starts the next look-up when it is due. */
  @Override
  public @Nullable V get() {
    long now = System.nanoTime();
    long dueNow = due.get();
    // While a look-up runs, none is due: it sets the time of the next one when it ends.
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
