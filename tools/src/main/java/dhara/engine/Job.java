package dhara.engine;

import dhara.terminal.Console;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * An analysis, or a verb that is a pipeline, with everything around it, ready to run.
 *
 * <p>If it has a counter {@code dhara/read} (namespace {@code dhara}, name {@code read}), that is
 * shown as progress while it runs.
 */
public interface Job extends AutoCloseable {

  /** How many bytes it will read in total, if that is known; otherwise negative. */
  default long bytes() {
    return -1;
  }

  /** What it would read, create and write, as lines for a person. */
  default List<String> plan() {
    return List.of();
  }

  /** Where the answers of a stream go, for a person; empty if it does not tell. */
  default Optional<String> answersTo() {
    return Optional.empty();
  }

  /** The pipeline, completely built and not yet run. */
  Pipeline pipeline();

  /** Whether it ends by itself: a backfill. A stream runs until it is cancelled. */
  boolean bounded();

  /**
   * Creates missing sinks; called just before the pipeline runs.
   *
   * @throws dhara.options.BadOption if one cannot be created
   */
  default void prepare() {}

  /**
   * Called when a bounded run has succeeded: prints its results, such as the ledger.
   *
   * @throws Exception if the run ended but its results are not valid; the command then fails
   */
  void finish(PipelineResult result, Console console) throws Exception;

  /** The exit code of the command after a successful run and {@link #finish}. */
  default int exit() {
    return 0;
  }

  /** Releases what it keeps on this machine; called when it is over, however it ended. */
  @Override
  default void close() {}
}
