package dhara.serving.run;

import dhara.connectors.WrittenRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rows of one output on their way from the workers of a run into the store.
 *
 * <pre>
 *   worker ─▶ part of a bundle ─┐
 *   worker ─▶ part of a bundle ─┴─▶ queue (bounded) ─▶ batch ─▶ committed ─▶ the bundles may end
 * </pre>
 *
 * <p>Parts are kept in the order in which they came, so a worker that waits for its last part waits
 * for all of them.
 */
final class Inlet {

  /** Parts of at most {@link #PART} rows; whoever brings more waits. */
  private static final int PARTS = 8;

  /** The most rows of a part, and about the most of a batch. */
  static final int PART = 5_000;

  private static final long LOOK_MILLIS = 100;

  private static final String GONE =
      "the server that takes these rows has stopped; they come again when it resumes the run";

  private record Part(List<WrittenRow> rows, CompletableFuture<Void> kept) {

    void fail() {
      kept.completeExceptionally(new IllegalStateException(GONE));
    }
  }

  private final BlockingQueue<Part> arrived = new ArrayBlockingQueue<>(PARTS);
  private final ConcurrentLinkedQueue<List<Part>> taken = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean closed;

  /**
   * Brings rows; waits while too many are there that the store has not taken.
   *
   * @return is completed when the rows are committed
   */
  CompletableFuture<Void> put(List<WrittenRow> rows) throws InterruptedException {
    Part part = new Part(rows, new CompletableFuture<>());
    waiting.addAndGet(rows.size());
    while (!closed && !arrived.offer(part, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      // The store is slower than the run.
    }
    if (closed) {
      part.fail();
    }
    return part.kept;
  }

  /**
   * Waits until rows are committed.
   *
   * @throws IllegalStateException if they never will be
   */
  static void await(CompletableFuture<Void> kept) throws InterruptedException {
    try {
      kept.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    }
  }

  /** The rows that have come, as one batch; empty if none came within this time. */
  List<WrittenRow> take(long atMostMillis) throws InterruptedException {
    Part first = arrived.poll(atMostMillis, TimeUnit.MILLISECONDS);
    if (first == null) {
      return List.of();
    }
    List<Part> parts = new ArrayList<>();
    List<WrittenRow> rows = new ArrayList<>();
    for (Part next = first; next != null; next = rows.size() < PART ? arrived.poll() : null) {
      parts.add(next);
      rows.addAll(next.rows);
    }
    taken.add(parts);
    return rows;
  }

  /** The batch that was taken first, of those that are not committed, is. */
  void kept() {
    List<Part> parts = taken.poll();
    if (parts != null) {
      for (Part part : parts) {
        waiting.addAndGet(-part.rows.size());
        part.kept.complete(null);
      }
    }
  }

  /** How many rows were brought and are not committed. */
  long waiting() {
    return waiting.get();
  }

  /** Fails the rows that are not committed, and all that come. */
  void close() {
    closed = true;
    for (List<Part> parts = taken.poll(); parts != null; parts = taken.poll()) {
      parts.forEach(Part::fail);
    }
    for (Part part = arrived.poll(); part != null; part = arrived.poll()) {
      part.fail();
    }
  }
}
