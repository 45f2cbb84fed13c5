package dhara.engine;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * What an engine does for one run beside running the pipeline: from just before the pipeline runs
 * until the run is over.
 */
public interface EngineRun extends Closeable {

  /** An engine that has nothing to do beside running the pipeline. */
  EngineRun UNATTENDED = () -> {};

  /**
   * The user ends the run, by Ctrl-C: ends what runs, where the engine can, in such a way that it
   * can go on. Called on another thread than that of the pipeline.
   *
   * @return what is left to go on with; empty where the engine leaves it to the pipeline's result
   *     to cancel the run
   * @throws IOException where it could not be ended
   */
  default Optional<Stopped> stop() throws IOException {
    return Optional.empty();
  }

  /**
   * How a stream is doing; empty where the engine cannot say, or cannot say yet. It may take a
   * moment.
   */
  default Optional<Vitals> vitals() {
    return Optional.empty();
  }

  /** What a failure of the pipeline comes to for the user. */
  default Exception explained(Exception failure) {
    return failure;
  }

  /**
   * A run that the user has ended.
   *
   * @param how what was done, and what is kept: a line
   * @param resume how it goes on; empty where it starts over
   */
  record Stopped(String how, Optional<Resume> resume) {}

  /**
   * How a run goes on: by the same command with another option.
   *
   * @param option with its value
   * @param insteadOf options of the command, without dashes, that it takes the place of
   */
  record Resume(String option, Set<String> insteadOf) {}

  /** Lets go of what it made on this machine. */
  @Override
  void close() throws IOException;
}
