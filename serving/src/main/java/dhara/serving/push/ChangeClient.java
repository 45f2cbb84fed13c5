package dhara.serving.push;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A client of the stream of changes. It is a position in the hub's frames and holds no copy of
 * them: whenever its connection takes bytes, the client fetches what follows, so a slow one costs
 * neither memory nor a thread. Nothing here blocks.
 */
final class ChangeClient implements WriteListener {

  private final ChangeHub hub;
  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Optional<Set<String>> views;
  private final Runnable cut;
  private final Deque<byte[]> parts = new ArrayDeque<>();
  private long sent;
  private long status;
  private boolean ready;
  private boolean unflushed;
  private boolean closed;
  private long blockedSince;

  /**
   * @param views those that it wants; all if empty
   * @param sent the id of the last change that it has
   * @param cut breaks the connection
   * @param first what is sent first
   */
  ChangeClient(
      ChangeHub hub,
      AsyncContext context,
      ServletOutputStream out,
      Optional<Set<String>> views,
      long sent,
      Runnable cut,
      Collection<byte[]> first) {
    this.hub = hub;
    this.context = context;
    this.out = out;
    this.views = views;
    this.sent = sent;
    this.cut = cut;
    parts.addAll(first);
  }

  /** Those that it wants; all if empty. */
  Optional<Set<String>> views() {
    return views;
  }

  /** The id of the last change that it has, or that is being sent to it. */
  long sent() {
    return sent;
  }

  /** The number of the last status that it has. */
  long status() {
    return status;
  }

  /** Gives it what to send next; called by the hub while {@link #pump} asks for it. */
  void give(Collection<byte[]> more, long newSent, long newStatus) {
    parts.addAll(more);
    sent = newSent;
    status = newStatus;
  }

  @Override
  public synchronized void onWritePossible() {
    ready = true;
    pump();
  }

  /** Sends what there is, as far as the connection takes it. */
  synchronized void pump() {
    if (!ready || closed) {
      return;
    }
    try {
      while (out.isReady()) {
        blockedSince = 0;
        if (parts.isEmpty()) {
          hub.next(this);
        }
        byte[] part = parts.poll();
        if (part != null) {
          out.write(part);
          hub.wrote(part.length);
          unflushed = true;
        } else if (unflushed) {
          unflushed = false;
          out.flush();
        } else {
          return;
        }
      }
      if (blockedSince == 0) {
        blockedSince = System.nanoTime();
      }
    } catch (IOException e) {
      onError(e); // the client is gone, which is no failure of the server
    }
  }

  /** For how many nanoseconds the connection has taken nothing; 0 if it takes bytes. */
  synchronized long blockedNanos() {
    return blockedSince == 0 ? 0 : System.nanoTime() - blockedSince;
  }

  /** Ends it: in good order if the connection takes bytes, else by breaking the connection. */
  void close() {
    boolean blocked;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      blocked = blockedSince != 0 || !ready;
    }
    hub.left(this);
    if (blocked) {
      cut.run(); // else the write that waits would hold the request until it ends
    }
    context.complete();
  }

  @Override
  public void onError(@Nullable Throwable cause) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    hub.left(this);
    context.complete();
  }
}
