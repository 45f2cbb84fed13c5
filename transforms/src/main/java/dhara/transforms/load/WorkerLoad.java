package dhara.transforms.load;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The load of a run on this worker, that is, in this process: how long the records that its sources
 * read have waited, as a share of a capacity. Sources tell it, and the steps of the same process
 * ask for the level; no worker knows about others.
 *
 * <p>The lag that counts is the greatest of the last five to ten seconds in which records were
 * read. So one record on time among late ones ends no level, and a worker that hardly gets to read
 * keeps its level. Only after a minute without a record nothing is taken to be left to read: then
 * there is no load.
 *
 * <p>It decides which answers are given at once. It never decides what an answer is.
 */
public final class WorkerLoad {

  /** The lag that counts is that of the slot of the newest record and of the one before. */
  private static final long SLOT_MILLIS = 5_000;

  /** How long the lag of a record counts if no other comes. */
  private static final long SILENT_MILLIS = 60_000;

  /** The loads of this process, by run; one that no step uses is forgotten. */
  private static final Map<String, WeakReference<WorkerLoad>> LOADS = new HashMap<>();

  /** The terms of a run, as an option of its pipeline that the launcher sets. */
  public interface Option extends PipelineOptions {

    @Description("What a launcher tells its workers about --overload; not for users")
    @Nullable String getLoadTerms();

    void setLoadTerms(@Nullable String value);
  }

  private final LoadTerms terms;
  private final LongSupplier clock;
  private long readMillis;
  private long lag;
  private long lagBefore;
  private long skipped;
  private LoadLevel level = LoadLevel.NORMAL;

  /**
   * A load.
   *
   * @param clock epoch milliseconds, the clock that stamps records when they come
   */
  WorkerLoad(LoadTerms terms, LongSupplier clock) {
    this.terms = terms;
    this.clock = clock;
  }

  /** The load of a run in this process. */
  public static WorkerLoad of(LoadTerms terms) {
    return of(terms, System::currentTimeMillis);
  }

  /** The same, with a clock of its own if nobody has asked for it before; for tests. */
  static WorkerLoad of(LoadTerms terms, LongSupplier clock) {
    synchronized (LOADS) {
      WeakReference<WorkerLoad> used = LOADS.get(terms.run());
      WorkerLoad load = used == null ? null : used.get();
      if (load == null) {
        LOADS.values().removeIf(other -> other.get() == null);
        load = new WorkerLoad(terms, clock);
        LOADS.put(terms.run(), new WeakReference<>(load));
      }
      return load;
    }
  }

  /**
   * The load of the run with these options in this process; null if it does the same at any load.
   *
   * @param options those that the setup of a step receives
   */
  public static @Nullable WorkerLoad here(PipelineOptions options) {
    String text = options.as(Option.class).getLoadTerms();
    return text == null ? null : of(LoadTerms.parse(text));
  }

  /**
   * A record is read.
   *
   * @param arrivedMillis when it came to its topic, epoch milliseconds; negative if unknown
   */
  public synchronized void read(long arrivedMillis) {
    if (arrivedMillis >= 0) {
      long now = clock.getAsLong();
      long slot = now / SLOT_MILLIS;
      long slotBefore = readMillis / SLOT_MILLIS;
      if (slot != slotBefore) {
        lagBefore = slot == slotBefore + 1 ? lag : 0;
        lag = 0;
      }
      lag = Math.max(lag, now - arrivedMillis);
      readMillis = now;
    }
  }

  /** The lag that counts, in milliseconds. */
  public synchronized long lagMillis() {
    boolean silent = clock.getAsLong() - readMillis >= SILENT_MILLIS;
    return silent ? 0 : Math.max(lag, lagBefore);
  }

  /** The level at this moment. */
  public synchronized LoadLevel level() {
    level = terms.next(level, (double) lagMillis() / terms.capacityMillis());
    return level;
  }

  /**
   * Whether an open window is not to answer now. It loses nothing: what it would have answered is
   * in its next answer.
   */
  public synchronized boolean skipsEarly() {
    boolean skips = level().atLeast(LoadLevel.REDUCED);
    if (skips) {
      skipped++;
    }
    return skips;
  }

  /** How often windows have not answered early since this was last asked. */
  public synchronized long skippedEarly() {
    long since = skipped;
    skipped = 0;
    return since;
  }
}
