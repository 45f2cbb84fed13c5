package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An entrant that can be run: a JVM that lives as long as the work, or a new process for each run.
 */
interface Rival {

  /** A run that gave no figures. */
  final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  /**
   * Runs a task.
   *
   * @param most how long it may take
   * @throws Failed if it failed, did not come back, or its JVM died
   */
  Measured run(Task task, Duration most) throws Failed, InterruptedException;

  /** Lets go of what it holds. */
  void end() throws InterruptedException;

  /**
   * Makes an entrant ready.
   *
   * @param classPath of its JVM
   * @param flags of its JVM
   * @param log where what it prints goes
   */
  static Rival start(Entrant entrant, String classPath, List<String> flags, Path log)
      throws IOException {
    Command command = entrant.command();
    if (command == null) {
      return KeptRival.start(entrant, classPath, flags, log);
    }
    Files.deleteIfExists(log); // each run adds to it
    return new CommandRival(command, java(flags, classPath, entrant.contestant()), log);
  }

  /** The flags of an entrant's JVM. */
  static List<String> flags(Entrant entrant, List<String> shared) {
    List<String> flags = new ArrayList<>(shared);
    flags.addAll(entrant.classPath().flags());
    flags.addAll(entrant.flags());
    return flags;
  }

  /** The command line of a JVM without the arguments of its main class. */
  static List<String> java(List<String> flags, String classPath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    return command;
  }
}
