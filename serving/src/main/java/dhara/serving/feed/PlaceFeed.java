package dhara.serving.feed;

import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.serving.store.StoredRow;
import dhara.serving.store.ViewLoad;
import dhara.serving.views.ServingStatus.PlaceState;
import dhara.serving.views.ServingStatus.PlaceStatus;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one place of a view, and hands its rows to the writer. What is not there yet, or does not
 * answer, is tried again. It runs in a thread of its own, until it is stopped or the place has
 * ended.
 */
final class PlaceFeed implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(PlaceFeed.class);

  private static final Set<String> ASIDE = Set.of(Aside.LATE, Aside.DEAD_LETTERS, Aside.LEDGER);

  /** Positions of files that were read to their ends. */
  private static final Set<String> READ = Set.of(RowFeed.WHOLE, RowFeed.UNFINISHED);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** Takes loads, and waits while it has too many. */
  @FunctionalInterface
  interface Writer {

    /**
     * Takes a load.
     *
     * @param urgent whether whoever wrote the rows waits until they are committed
     * @param committed is called then
     */
    void put(ViewLoad load, boolean urgent, Runnable committed) throws InterruptedException;
  }

  private final Definition definition;
  private final Endpoint endpoint;
  private final String place;
  private final RowFeed feed;
  private final Writer writer;
  private final CountDownLatch stop;
  private final Consumer<String> said;
  private final Consumer<Throwable> broken;
  private final Map<String, String> positions = new ConcurrentSkipListMap<>();
  private volatile PlaceState state = PlaceState.LOADING;
  private volatile String note = "";
  private final AtomicLong unreadable = new AtomicLong();
  private volatile @Nullable Instant lastRow;
  private final boolean aside;
  private volatile boolean caughtUp;
  private boolean everRead;
  private boolean unknownSaid;

  /**
   * @param name of the rows at the endpoint, and
   * @param suffix of the topic: see {@link Connector#feed}
   * @param place the name of the place in the store
   * @param positions where to continue
   * @param writer takes what is read
   * @param stop when it is counted down, reading ends
   * @param said takes lines for the user
   * @param broken takes a failure that no later try can mend
   */
  PlaceFeed(
      Definition definition,
      Endpoint endpoint,
      String name,
      String suffix,
      String place,
      Map<String, String> positions,
      Writer writer,
      CountDownLatch stop,
      Consumer<String> said,
      Consumer<Throwable> broken) {
    this.definition = definition;
    this.endpoint = endpoint;
    this.aside = ASIDE.contains(name) || definition.holdsEffects();
    this.place = place;
    this.writer = writer;
    this.stop = stop;
    this.said = said;
    this.broken = broken;
    this.positions.putAll(positions);
    this.feed = Connector.of(endpoint, Ability.FOLLOW).feed(endpoint, name, suffix, positions);
  }

  @Override
  public void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (stop.getCount() > 0 && state != PlaceState.DONE) {
        try {
          feed.poll(POLL, this::take);
          pause = FIRST_PAUSE;
          read();
        } catch (IOException e) {
          if (stop.getCount() == 0) {
            return; // a file is closed when its reader is interrupted
          }
          failed(e.getMessage());
          if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          Duration longer = pause.multipliedBy(2);
          pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} is stopped", place);
    } catch (RuntimeException | Error e) {
      broken.accept(e);
    } finally {
      // A client cannot close itself in a thread that is interrupted, and this one ends here.
      boolean unused = Thread.interrupted();
      feed.close();
    }
  }

  private void read() {
    everRead = true;
    if (feed.ended() || feed.lag() == 0) {
      caughtUp = true;
    }
    if (feed.ended()) {
      state = PlaceState.DONE;
      note = "";
    } else if (state != PlaceState.LOADING || feed.lag() == 0) {
      if (state == PlaceState.FAILED || state == PlaceState.WAITING) {
        said.accept(definition.name() + ": " + endpoint + " is read now");
      }
      state = PlaceState.FOLLOWING;
      if (unreadable.get() == 0) {
        note = "";
      }
    }
  }

  private void failed(String why) {
    state = everRead ? PlaceState.FAILED : PlaceState.WAITING;
    boolean news = !why.equals(note);
    note = why;
    // A backfill has no late events, and a stream may have no dead letters.
    if (news && (everRead || !aside)) {
      said.accept(definition.name() + ": " + why + (everRead ? "" : "; waiting for it"));
    }
  }

  private void take(RowFeed.Batch batch) throws InterruptedException {
    RowReader reader;
    try {
      reader = definition.reader(batch.rows());
    } catch (SQLException e) {
      throw new IllegalStateException("the store cannot take " + definition.name(), e);
    }
    List<String> wrong = new ArrayList<>(batch.unreadable());
    List<StoredRow> rows = new ArrayList<>(batch.rows().size());
    if (reader == null) {
      batch.rows().stream()
          .filter(row -> !row.tombstone())
          .forEach(row -> wrong.add(Definition.noAnswer(row).getMessage()));
    } else {
      for (WrittenRow row : batch.rows()) {
        try {
          rows.add(reader.read(row));
        } catch (IllegalStateException e) {
          wrong.add(e.getMessage());
        }
      }
      if (!unknownSaid && !reader.unknown().isEmpty()) {
        unknownSaid = true;
        said.accept(
            "%s: rows of %s have columns that this version does not know, and leaves out: %s"
                .formatted(definition.name(), endpoint, String.join(", ", reader.unknown())));
      }
      writer.put(
          new ViewLoad(
              definition.name(), place, rows, batch.ordered(), batch.finished(), batch.positions()),
          feed.awaited(),
          () -> feed.kept(batch));
    }
    positions.putAll(batch.positions());
    if (!rows.isEmpty()) {
      lastRow = Instant.now();
    }
    if (!wrong.isEmpty()) {
      if (unreadable.get() == 0) {
        said.accept(definition.name() + ": " + wrong.get(0) + "; such records are left out");
      }
      unreadable.addAndGet(wrong.size());
      note = wrong.get(wrong.size() - 1);
    }
  }

  /**
   * Whether it may still have rows that were there when it started. What stands beside answers, and
   * effects of a backfill, may never be there.
   */
  boolean loading() {
    return !caughtUp && !(aside && state == PlaceState.WAITING);
  }

  /** Whether its rows of the time of its start are read. */
  boolean caughtUp() {
    return caughtUp;
  }

  /** Whether it was there at some time, or that is not known yet. */
  boolean there() {
    return state != PlaceState.WAITING;
  }

  /** Whether its rows can come at any time, or never. */
  boolean outOfReach() {
    return loading() && (state == PlaceState.WAITING || state == PlaceState.FAILED);
  }

  @Override
  public String toString() {
    return definition.name() + ": " + endpoint;
  }

  PlaceStatus status() {
    return new PlaceStatus(
        endpoint.toString(), state, note, shown(), feed.lag(), unreadable.get(), lastRow);
  }

  /** The positions; of files that were read to their ends only the number, for they may be many. */
  private Map<String, String> shown() {
    Map<String, String> shown = new TreeMap<>(positions);
    long all = shown.size();
    if (shown.values().removeIf(READ::contains)) {
      shown.put("files", String.valueOf(all - shown.size()));
    }
    return shown;
  }
}
