package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A contestant that is a whole command, as a user would start it: each run is a new process, and is
 * measured from its start to its exit. The answers are read after that, and are in no figure.
 */
public interface Command {

  /**
   * The arguments of its main class.
   *
   * @param answers the folder to write answers to; it does not exist yet
   */
  List<String> arguments(Task task, Path answers);

  /**
   * What a run did, from the answers that it left.
   *
   * @throws IOException if they cannot be read, or say that the run went wrong
   */
  Outcome outcome(Task task, Path answers) throws IOException;
}
