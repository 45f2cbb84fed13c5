package dhara.benchmarks.backfill;

import dhara.benchmarks.harness.Command;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that does what Dhara's command does; it keeps no ledger. */
record PeerCommand() implements Command {

  @Override
  public List<String> arguments(Task task, Path answers) {
    return Backfill.of(task, answers).arguments();
  }

  @Override
  public Outcome outcome(Task task, Path answers) throws IOException {
    return new AnswerFolder(answers).outcome(task.events());
  }
}
