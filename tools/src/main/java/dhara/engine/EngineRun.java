package dhara.engine;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * What an engine does for one run besides running the pipeline, from just before the pipeline runs
 * until the run is over.
 */
public interface EngineRun extends Closeable {

  /** For an engine that only runs the pipeline. */
  EngineRun UNATTENDED = () -> {};

  /**
   * Stops the run after Ctrl-C, if possible in a way that it can be resumed. Called on another
   * thread than that of the pipeline.
   *
   * @return how it stopped; empty if the engine leaves it to the pipeline's result to cancel the
   *     run
   * @throws IOException if it could not be stopped
   */
  default Optional<Stopped> stop() throws IOException {
    return Optional.empty();
  }

  /**
   * Whether the engine has accepted the job, so that {@link #stop} can end it although the pipeline
   * has not returned a result yet.
   */
  default boolean accepted() {
    return false;
  }

  /**
   * The state of a running stream; empty if the engine cannot tell, or not yet. It may take a
   * moment.
   */
  default Optional<Vitals> vitals() {
    return Optional.empty();
  }

  /**
   * Whether Beam's metrics in the pipeline's result count while a stream runs, for an engine that
   * has no {@link #vitals}.
   */
  default boolean countsWhileItRuns() {
    return false;
  }

  /** Turns a failure of the pipeline into one that a user understands. */
  default Exception explained(Exception failure) {
    return failure;
  }

  /**
   * A run that the user has stopped.
   *
   * @param how a line that says what was done and what is kept
   * @param resume how to resume it; empty if it starts over
   */
  record Stopped(String how, Optional<Resume> resume) {}

  /**
   * How to resume a run: by the same command with another option.
   *
   * @param option with its value
   * @param insteadOf options of the command, without dashes, that it replaces
   */
  record Resume(String option, Set<String> insteadOf) {}

  /** Deletes or releases what it created on this machine. */
  @Override
  void close() throws IOException;
}
