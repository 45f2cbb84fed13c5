package dhara.serving.push;

import dhara.serving.views.ServedViews;
import dhara.serving.views.ServingStatus;
import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewChanges;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes committed changes to all clients.
 *
 * <pre>
 *   store ─▶ coalesce, encode once ─▶ frames (the newest 32 MiB) ─▶ client: a position in the frames
 *                                                               └─▶ client …
 * </pre>
 *
 * <p>One thread takes what was committed, merges changes of the same row, and wakes the clients.
 * The next round begins when four times the time of the last one has passed, at least 50 ms and at
 * most 2 s: pushing takes at most a fifth of a core, and with more clients changes are coalesced
 * more.
 *
 * <p>Back-pressure: a client that reads slowly gets frames later. If the frames that it still needs
 * are dropped, it gets the event {@code reset} instead, and reads the views anew. A client whose
 * connection takes nothing for ten seconds is cut off. No client waits for another, and the store
 * waits for none.
 */
public final class ChangeHub implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChangeHub.class);

  /** How often a status is sent; it also shows that a connection is alive. */
  static final Duration STATUS = Duration.ofSeconds(2);

  /** Clients at the same time. */
  static final int MOST_CLIENTS = 5_000;

  /** Bytes of frames that are kept for clients that lag or come back. */
  private static final long KEPT = 32L << 20;

  /** Rows in one frame, about. */
  private static final int ROWS = 5_000;

  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(2);
  private static final int TIMES_THE_ROUND = 4;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  /** An encoded status and its number, which grows. */
  private static final class Encoded {
    private final long number;
    private final byte[] event;

    private Encoded(long number, byte[] event) {
      this.number = number;
      this.event = event;
    }
  }

  private final ServedViews views;
  private final ViewPace pace;
  private final Set<ChangeClient> clients = ConcurrentHashMap.newKeySet();
  private final ConcurrentSkipListMap<Long, ChangeFrame> frames = new ConcurrentSkipListMap<>();
  private final Thread thread = new Thread(this::run, "dhara-push");
  private final LongAdder bytes = new LongAdder();
  private final LongAdder resets = new LongAdder();
  private final LongAdder shed = new LongAdder();
  private final LongAdder framesMade = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private long framesSize;

  /** The id before that of the first frame that is kept. */
  private volatile long floor;

  /** The id of the newest frame; the floor if there is none. */
  private volatile long newest;

  private volatile Encoded status = new Encoded(0, new byte[0]);
  private volatile @Nullable String failure;
  private volatile boolean closed;

  private ChangeHub(ServedViews views) {
    this.views = views;
    this.pace = new ViewPace(views, Instant.now());
    this.floor = views.lastChange();
    this.newest = floor;
  }

  /** Begins to push what is committed from now on. */
  public static ChangeHub start(ServedViews views) {
    ChangeHub hub = new ChangeHub(views);
    hub.thread.setDaemon(true);
    hub.thread.start();
    return hub;
  }

  /** How fast rows come in, and how old they are. */
  public ViewPace pace() {
    return pace;
  }

  /** Why changes cannot be pushed for now; empty if they can. */
  public Optional<String> failure() {
    return thread.isAlive() || closed
        ? Optional.ofNullable(failure)
        : Optional.of("the thread that pushes has ended");
  }

  /**
   * The counts of the hub since it started, and its clients now.
   *
   * @param frames frames made
   * @param bytes bytes handed to connections
   * @param resets clients that were told to read the views anew
   * @param shed clients cut off because their connections took nothing
   * @param refused clients refused because there were too many
   */
  public record Counts(
      int clients, long frames, long bytes, long resets, long shed, long refused) {}

  /** The counts so far. */
  public Counts counts() {
    return new Counts(
        clients.size(), framesMade.sum(), bytes.sum(), resets.sum(), shed.sum(), refused.sum());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    clients.forEach(ChangeClient::close);
  }

  /** The id of the newest change that was pushed. */
  long newest() {
    return newest;
  }

  /** Takes a client, if there are not too many. */
  boolean join(ChangeClient client) {
    if (closed || clients.size() >= MOST_CLIENTS) {
      refused.increment();
      return false;
    }
    clients.add(client);
    return true;
  }

  /** A client is gone. */
  void left(ChangeClient client) {
    clients.remove(client);
  }

  /** Bytes were handed to a connection. */
  void wrote(int length) {
    bytes.add(length);
  }

  /** Gives a client what it gets next; nothing if it has all. */
  void next(ChangeClient client) {
    long sent = client.sent();
    while (true) {
      Map.Entry<Long, ChangeFrame> next = frames.higherEntry(sent);
      // Only now, because the frame between may have been dropped while the next was looked for.
      if (sent < floor || sent > newest) {
        resets.increment();
        long now = newest;
        client.give(List.of(reset(now)), now, client.status());
        return;
      }
      if (next == null) {
        break;
      }
      sent = next.getKey();
      List<byte[]> parts = next.getValue().parts(client.views());
      if (!parts.isEmpty()) {
        client.give(parts, sent, client.status());
        return;
      }
    }
    // With each status comes the id up to which the client has all changes of its views, so that it
    // need not be sent those of others when it comes back and wants these too.
    Encoded now = status;
    client.give(
        now.number > client.status() ? List.of(now.event, ChangeFrame.id(sent)) : List.of(),
        sent,
        now.number);
  }

  /** Tells a client to read the views anew, and from which change on it gets changes again. */
  private static byte[] reset(long id) {
    return ("event: reset\ndata: {\"reason\":\"changes between are no longer kept: read the views"
            + " anew\"}\nid: "
            + id
            + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void run() {
    long nextStatus = System.nanoTime();
    long nextRound = nextStatus;
    while (!closed) {
      try {
        long began = System.nanoTime();
        if (began - nextStatus >= 0) {
          status();
          nextStatus = began + STATUS.toNanos();
        }
        boolean whole = began - nextRound < 0 || round();
        shed();
        long now = System.nanoTime();
        if (began - nextRound >= 0) {
          nextRound =
              now
                  + (whole
                      ? Math.min(LONGEST, Math.max(SHORTEST, TIMES_THE_ROUND * (now - began)))
                      : LONGEST); // clients that were reset read whole views, so not too often
        }
        failure = null;
        pause(nextRound, nextStatus);
      } catch (InterruptedException e) {
        if (!closed) {
          throw new IllegalStateException("only close() interrupts this thread", e);
        }
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }
  }

  /** A store that fails, or a heap that is full, for a while must not end the push for good. */
  private void failed(Throwable e) {
    boolean first = failure == null;
    failure = e.toString();
    if (first && !closed) {
      LOG.error("Changes cannot be pushed; trying again every second", e);
    }
    try {
      Thread.sleep(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt(); // the loop looks whether it is closed
    }
  }

  private void pause(long nextRound, long nextStatus) throws InterruptedException {
    long now = System.nanoTime();
    long untilRound = Math.min(nextRound, nextStatus) - now;
    if (untilRound > 0) {
      TimeUnit.NANOSECONDS.sleep(untilRound);
    }
    long untilStatus = nextStatus - System.nanoTime();
    if (untilStatus > 0) {
      views.awaitChange(newest, Duration.ofNanos(untilStatus));
    }
  }

  /** Pushes what was committed; false if it is too much, so that all clients are reset. */
  private boolean round() {
    if (views.lastChange() <= newest) {
      return true;
    }
    ViewChanges changes = views.changes(newest, ROWS);
    if (!changes.complete()) {
      newest = changes.last();
      floor = changes.last();
      frames.clear();
      framesSize = 0;
    } else if (!changes.changes().isEmpty()) {
      add(frame(changes.changes()));
    }
    clients.forEach(ChangeClient::pump);
    return changes.complete();
  }

  private ChangeFrame frame(List<ViewChange> changes) {
    Map<String, ChangeEvents> events = new LinkedHashMap<>();
    for (ViewChange change : changes) {
      pace.saw(change);
      events
          .computeIfAbsent(change.view(), view -> new ChangeEvents(views.named(view)))
          .add(change);
    }
    Map<String, byte[]> encoded = new LinkedHashMap<>();
    events.forEach((view, event) -> encoded.put(view, event.event()));
    return new ChangeFrame(changes.get(changes.size() - 1).id(), encoded);
  }

  private void add(ChangeFrame frame) {
    newest = frame.id(); // first: no client may have a frame that is newer than the newest
    frames.put(frame.id(), frame);
    framesMade.increment();
    framesSize += frame.size();
    while (framesSize > KEPT && frames.size() > 1) {
      ChangeFrame oldest = frames.firstEntry().getValue();
      // The floor first, so that no client takes the frame after a dropped one for its next.
      floor = oldest.id();
      frames.remove(oldest.id());
      framesSize -= oldest.size();
    }
  }

  private void status() {
    ServingStatus now = views.status();
    pace.saw(now);
    byte[] head = "event: status\ndata: ".getBytes(StandardCharsets.UTF_8);
    byte[] json = StatusJson.of(now, pace);
    byte[] event = new byte[head.length + json.length + 2];
    System.arraycopy(head, 0, event, 0, head.length);
    System.arraycopy(json, 0, event, head.length, json.length);
    event[event.length - 2] = '\n';
    event[event.length - 1] = '\n';
    status = new Encoded(status.number + 1, event);
    clients.forEach(ChangeClient::pump);
  }

  private void shed() {
    for (ChangeClient client : new ArrayList<>(clients)) {
      if (client.blockedNanos() > PATIENCE) {
        shed.increment();
        client.close();
      }
    }
  }
}
