package dhara.benchmarks.harness;

import dhara.benchmarks.process.ProcessRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A {@link Command}: a new process for each run, with an answers folder of its own. */
final class CommandRival implements Rival {

  private final Command command;
  private final List<String> java;
  private final Path log;

  /**
   * @param java the command line of its JVM, up to the main class
   * @param log where what it prints goes
   */
  CommandRival(Command command, List<String> java, Path log) {
    this.command = command;
    this.java = java;
    this.log = log;
  }

  @Override
  public Measured run(Task task, Duration most) throws Failed, InterruptedException {
    try {
      Path folder = Folders.temporary("dhara-benchmark-answers-");
      try {
        return run(task, most, folder.resolve("answers"));
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new Failed(e.getMessage() + "; more in " + log);
    } catch (TimeoutException e) {
      throw new Failed("not done after " + most.toSeconds() + " s; see --timeout");
    }
  }

  private Measured run(Task task, Duration most, Path answers)
      throws Failed, IOException, InterruptedException, TimeoutException {
    List<String> line = new ArrayList<>(java);
    line.addAll(command.arguments(task, answers));
    Files.createDirectories(log.getParent());
    ProcessRun run = ProcessRun.of(line, log, most);
    if (run.exit() != 0) {
      throw new Failed("exit code " + run.exit() + "; " + log + " says why");
    }
    return new Measured(
        command.outcome(task, answers),
        run.wallNanos(),
        run.cpuNanos(),
        Measured.UNKNOWN,
        Measured.UNKNOWN,
        run.peakBytes());
  }

  /** A process has ended with its run. */
  @Override
  public void end() {}
}
