package dhara.serving.run;

import dhara.scratch.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The inlets of one run, by the names of its rows. The workers of the run find them by the name of
 * the run, because they are in the same process.
 */
final class Inlets implements AutoCloseable {

  private static final Map<String, Inlets> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final String run;
  private final Map<String, Inlet> inlets = new ConcurrentSkipListMap<>();
  private @Nullable Path folder;
  private volatile boolean streams;
  private volatile @Nullable End end;

  /**
   * How a run has ended.
   *
   * @param failure why it failed; null if it did not
   */
  record End(@Nullable String failure) {}

  private Inlets(String run) {
    this.run = run;
  }

  /** Opens the inlets of a run, whose name gets a number. */
  static Inlets open(String analysis) {
    Inlets inlets = new Inlets(analysis + "-" + NUMBERS.incrementAndGet());
    OPEN.put(inlets.run, inlets);
    return inlets;
  }

  /** Those of a run of this process; null if there is no such run. */
  static @Nullable Inlets of(String run) {
    return OPEN.get(run);
  }

  /** The name of the run. */
  String run() {
    return run;
  }

  Inlet inlet(String rows) {
    return inlets.computeIfAbsent(rows, name -> new Inlet());
  }

  /** The run turns out to be a stream, whose rows come by the inlets. */
  void stream() {
    streams = true;
  }

  /** Whether the run is known to be a stream. */
  boolean streams() {
    return streams;
  }

  /** The folder of the rows of a run that ends by itself; they count when it has succeeded. */
  synchronized Path folder() {
    if (folder == null) {
      folder = Scratch.ofProcess().folder("run");
    }
    return folder;
  }

  /** The run has ended. */
  void ended(@Nullable String failure) {
    end = new End(failure);
  }

  /** How the run has ended; null while it runs. */
  @Nullable End end() {
    return end;
  }

  @Override
  public synchronized void close() throws IOException {
    OPEN.remove(run);
    inlets.values().forEach(Inlet::close);
    if (folder != null) {
      Scratch.ofProcess().delete(folder);
      folder = null;
    }
  }
}
