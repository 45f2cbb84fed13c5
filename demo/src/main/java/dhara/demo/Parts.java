package dhara.demo;

import dhara.cli.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The running parts of the demonstration, which are closed in the reverse order of their starts.
 */
final class Parts implements AutoCloseable {

  /** A part and what it is called. */
  private record Part(String name, AutoCloseable running) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private final Consumer<String> trouble;
  private boolean closed;

  /**
   * @param trouble told of a part that cannot be closed; the others still are
   */
  Parts(Consumer<String> trouble) {
    this.trouble = trouble;
  }

  /**
   * Adds a part that has started.
   *
   * @throws CancellationException if the demonstration has ended meanwhile; the part is closed then
   */
  <T extends AutoCloseable> T add(String name, T running) {
    synchronized (this) {
      if (!closed) {
        parts.push(new Part(name, running));
        return running;
      }
    }
    close(new Part(name, running));
    throw new CancellationException("the demonstration has ended");
  }

  /**
   * Closes all. Parts that are starting meanwhile are not waited for, but closed when they come.
   */
  @Override
  public void close() {
    for (Part last = last(); last != null; last = last()) {
      close(last);
    }
  }

  private synchronized @Nullable Part last() {
    closed = true;
    return parts.poll();
  }

  private void close(Part part) {
    try {
      part.running.close();
    } catch (Exception e) {
      // Whatever it is, the other parts must be closed too.
      trouble.accept(part.name + ": " + Failure.line(e));
    }
  }
}
