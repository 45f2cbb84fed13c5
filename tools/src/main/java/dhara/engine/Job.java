package dhara.engine;

import dhara.terminal.Console;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * An analysis, or a verb that is a pipeline, made ready to run: with everything around it.
 *
 * <p>While it runs, its counter {@code dhara/read} (namespace {@code dhara}, name {@code read}),
 * where it has one, is shown as progress.
 */
public interface Job extends AutoCloseable {

  /** How many bytes it will have read at its end, as far as they are counted; else below zero. */
  default long bytes() {
    return -1;
  }

  /** What it would read, make and write, in lines for a person. */
  default List<String> plan() {
    return List.of();
  }

  /** The pipeline, built whole; nothing of it has run. */
  Pipeline pipeline();

  /** Whether it ends by itself: a backfill. A stream runs until it is cancelled. */
  boolean bounded();

  /**
   * Makes what the run writes to, where it is not there; called just before the pipeline runs.
   *
   * @throws dhara.options.BadOption where it cannot be made
   */
  default void prepare() {}

  /**
   * Called when a bounded run ended well: prints what is to be said of it, such as the ledger.
   *
   * @throws Exception where the run ended but its results cannot stand; the command then fails
   */
  void finish(PipelineResult result, Console console) throws Exception;

  /** The exit code of the command after a run that ended well, finished and all. */
  default int exit() {
    return 0;
  }

  /** Lets go of what it keeps on this machine; called when it is over, however it ended. */
  @Override
  default void close() {}
}
