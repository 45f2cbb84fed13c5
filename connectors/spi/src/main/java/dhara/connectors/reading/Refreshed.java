package dhara.connectors.reading;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that takes a while to look up. A request starts the look-up in a background thread, at
 * most once per interval, and returns the value that was found last without waiting. If look-ups
 * are frequent, the thread keeps what they need, such as a connection, as long as there are
 * requests.
 */
public final class Refreshed<V> implements Supplier<@Nullable V> {

  private static final Logger LOG = LoggerFactory.getLogger(Refreshed.class);

  /**
   * The smallest interval between look-ups that is useful, because backlogs are counted once a
   * second.
   */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** How long what a look-up needs is kept without a request. */
  private static final Duration KEPT = Duration.ofSeconds(10);

  private final String what;
  private final Supplier<LookUp<V>> opens;
  private final long everyNanos;
  private final long keptNanos;
  private final AtomicBoolean alive = new AtomicBoolean();
  private final Semaphore asks = new Semaphore(0);
  private volatile boolean asked;
  private volatile long due = System.nanoTime();
  private volatile @Nullable V last;

  /** Looks the value up, again and again; one thread uses it. */
  public interface LookUp<V> extends AutoCloseable {

    /**
     * The value of now.
     *
     * @throws RuntimeException if it cannot be looked up; it is closed then
     */
    V now();

    @Override
    void close();
  }

  /**
   * Starts without a value.
   *
   * @param what the name of the value, for a warning if the look-up fails
   * @param opens makes what looks it up
   * @param every how long after a look-up the next one may start; a second at least
   */
  public Refreshed(String what, Supplier<LookUp<V>> opens, Duration every) {
    this(what, opens, every.compareTo(SHORTEST) < 0 ? SHORTEST : every, KEPT);
  }

  Refreshed(String what, Supplier<LookUp<V>> opens, Duration every, Duration kept) {
    this.what = what;
    this.opens = opens;
    this.everyNanos = every.toNanos();
    this.keptNanos = kept.toNanos();
  }

  /** The value found last, null before the first; starts the next look-up when it is due. */
  @Override
  public @Nullable V get() {
    V found = last;
    if (!asked) {
      asked = true;
      asks.release();
    }
    if (!alive.get() && System.nanoTime() - due >= 0 && alive.compareAndSet(false, true)) {
      Thread thread = new Thread(this::lookUp, what.replace(' ', '-'));
      thread.setDaemon(true);
      thread.start();
    }
    return found;
  }

  private void lookUp() {
    try (LookUp<V> lookUp = opens.get()) {
      do {
        // In this order: a request in between must not lose its permit and yet count as asked.
        asks.drainPermits();
        asked = false;
        last = lookUp.now();
      } while (askedAgain());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("The {} cannot be read; the watermark is held back until it can", what, e);
    } finally {
      due = System.nanoTime() + everyNanos;
      alive.set(false);
    }
  }

  /** Waits until the next look-up is due; false if nobody asks for it, or it is far off. */
  private boolean askedAgain() throws InterruptedException {
    if (everyNanos > keptNanos) {
      return false;
    }
    TimeUnit.NANOSECONDS.sleep(everyNanos);
    return asks.tryAcquire(keptNanos, TimeUnit.NANOSECONDS);
  }
}
