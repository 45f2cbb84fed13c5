package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.files.Listing;
import dhara.files.OutputFolder;
import dhara.options.BadOption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Follows rows that {@link FilesSink} writes to a folder: the files that are there, then those that
 * are added. A file never changes, so a position is the number of rows that were read of a file, or
 * that it was read to its end. The folder of a backfill is read when it is complete; with {@code
 * unfinished=true} it is read before, and once more when it is complete, because its rows are final
 * only then.
 *
 * <p>A file with a row that cannot be read makes {@link #poll} fail, because its writer wrote it in
 * one go.
 */
final class FolderFeed implements RowFeed {

  private static final int BATCH = 5_000;
  private static final String ROWS = "rows=";

  /** The share of the time that is spent on lists of a folder with many files. */
  private static final int LISTING_SHARE = 10;

  private static final long LEAST_BETWEEN = TimeUnit.SECONDS.toNanos(1);

  private final Endpoint endpoint;
  private final String name;
  private final Map<String, String> positions;
  private final boolean early;
  private long nextList = System.nanoTime();
  private volatile boolean ended;

  private FolderFeed(Endpoint endpoint, String name, Map<String, String> positions) {
    this.endpoint = endpoint;
    this.name = name;
    this.positions = new TreeMap<>(positions);
    this.early = Boolean.parseBoolean(endpoint.parameter("unfinished", "false"));
  }

  static FolderFeed of(Endpoint endpoint, String name, Map<String, String> positions) {
    FolderResults.check(endpoint);
    String path = endpoint.path().replaceFirst("(?<=.)/+$", "");
    return new FolderFeed(
        new Endpoint(
            endpoint.option(),
            endpoint.uri(),
            endpoint.scheme(),
            name.isEmpty() ? path : path + "/" + name,
            endpoint.parameters()),
        name,
        positions);
  }

  @Override
  public void poll(Duration atMost, Taker taker) throws IOException, InterruptedException {
    long now = System.nanoTime();
    if (ended || now - nextList < 0) {
      TimeUnit.NANOSECONDS.sleep(
          ended ? atMost.toNanos() : Math.min(atMost.toNanos(), nextList - now));
      return;
    }
    List<FolderPart> parts = listed();
    boolean finished = finished();
    if (finished) {
      parts = listed(); // it may have been completed in between
    }
    for (FolderPart part : parts) {
      read(part, finished, taker);
    }
    ended = finished;
    long took = System.nanoTime() - now;
    nextList = System.nanoTime() + Math.max(LEAST_BETWEEN, took * LISTING_SHARE);
  }

  private boolean finished() throws IOException {
    return !Listing.of(endpoint.path() + "/" + OutputFolder.SUCCESS).isEmpty();
  }

  private List<FolderPart> listed() throws IOException {
    FolderResults there;
    try {
      there = FolderResults.of(endpoint);
    } catch (BadOption e) {
      throw new IOException(e.getMessage(), e);
    }
    if (there.names().contains("")) {
      return there.parts("", name);
    }
    throw new IOException(
        endpoint.path()
            + (there.names().isEmpty()
                ? " holds no rows yet"
                : " holds no rows itself, but the folders "
                    + String.join(", ", there.names())
                    + "; name one of them"));
  }

  private void read(FolderPart part, boolean finished, Taker taker)
      throws IOException, InterruptedException {
    String key = part.start() == 0 ? part.file() : part.file() + "@" + part.start();
    String known = positions.getOrDefault(key, ROWS + 0);
    if (known.equals(WHOLE) || (known.equals(UNFINISHED) && !finished)) {
      return;
    }
    // Of a file that was begun before, no position tells whether its rows were final then.
    long skipped =
        finished && (early || known.equals(UNFINISHED))
            ? 0
            : Long.parseLong(known.substring(ROWS.length()));
    Reading reading = new Reading(key, skipped, finished, taker);
    try {
      part.read(reading::take);
    } catch (Stopped e) {
      throw e.interrupted;
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
    reading.pass(early && !finished ? UNFINISHED : WHOLE);
  }

  /** Carries an interruption through a reader that knows none. */
  private static final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final InterruptedException interrupted;

    Stopped(InterruptedException interrupted) {
      super(interrupted);
      this.interrupted = interrupted;
    }
  }

  /** The rows of a part, cut into batches. */
  private final class Reading {

    private final String key;
    private final long skipped;
    private final boolean finished;
    private final Taker taker;
    private long read;
    private List<WrittenRow> rows = new ArrayList<>();

    Reading(String key, long skipped, boolean finished, Taker taker) {
      this.key = key;
      this.skipped = skipped;
      this.finished = finished;
      this.taker = taker;
    }

    void take(WrittenRow row) {
      read++;
      if (read <= skipped) {
        return;
      }
      rows.add(row);
      if (rows.size() == BATCH) {
        try {
          pass(ROWS + read);
        } catch (InterruptedException e) {
          throw new Stopped(e);
        }
      }
    }

    void pass(String position) throws InterruptedException {
      taker.take(new Batch(rows, false, finished, Map.of(key, position), List.of()));
      positions.put(key, position);
      rows = new ArrayList<>();
    }
  }

  @Override
  public long lag() {
    return 0;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void close() {
    // Files are open only within a poll.
  }
}
