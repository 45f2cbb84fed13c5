package dhara.demo;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Starts several parts at the same time. */
final class Starting implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  private final ExecutorService threads;

  Starting(int atOnce) {
    threads = Executors.newFixedThreadPool(atOnce);
  }

  <T> Future<T> start(Callable<T> part) {
    return threads.submit(part);
  }

  /** What was started; throws what its start threw. */
  static <T> T result(Future<T> started) throws Exception {
    try {
      return started.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Interrupts what is being started, and waits for its end. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("did not end within " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it ended", e);
    }
  }
}
