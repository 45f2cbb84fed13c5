package dhara.connectors;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Rows that sinks write at one place, read outside of a pipeline while they come: those that are
 * there, then those that are added. Whoever keeps the positions with the rows continues where it
 * stopped.
 *
 * <p>Opening a feed connects to nothing. A place that is not there yet, or does not answer, makes
 * {@link #poll} fail; call it again later. It belongs to one thread, except for {@link #lag},
 * {@link #ended} and {@link #kept}.
 */
public interface RowFeed extends AutoCloseable {

  /** The position of what was read to its end, and does not grow. */
  String WHOLE = "whole";

  /** The position of what was read to its end while its run had not finished. */
  String UNFINISHED = "unfinished";

  /**
   * Rows, and where reading continues after them.
   *
   * @param rows in their order, as far as the place has one
   * @param ordered whether a later row of a key replaces an earlier one with the same revision
   * @param finished whether the run that wrote them has ended, so that it adds no further revisions
   * @param positions the positions that changed, by partition or by file
   * @param unreadable what is wrong with each row that cannot be read, and its place
   */
  record Batch(
      List<WrittenRow> rows,
      boolean ordered,
      boolean finished,
      Map<String, String> positions,
      List<String> unreadable) {}

  /** Takes batches; it may block to slow the reader down. */
  @FunctionalInterface
  interface Taker {
    void take(Batch batch) throws InterruptedException;
  }

  /**
   * Passes on what is there; waits for more if there is nothing.
   *
   * @param atMost how long to wait for a first row
   * @throws IOException if the place cannot be read for now; its message is for users and names the
   *     place
   */
  void poll(Duration atMost, Taker taker) throws IOException, InterruptedException;

  /**
   * The rows of a batch are kept, so that they need not be passed on again. Called for each batch
   * in their order, on any thread.
   */
  default void kept(Batch batch) {}

  /** Whether whoever wrote the rows waits until they are {@link #kept}. */
  default boolean awaited() {
    return false;
  }

  /** How many rows are known to be there that were not passed on yet; 0 for files. */
  long lag();

  /** Whether everything was passed on, and nothing will be added. */
  boolean ended();

  @Override
  void close();
}
