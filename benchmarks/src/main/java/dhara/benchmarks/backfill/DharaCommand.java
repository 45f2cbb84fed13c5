package dhara.benchmarks.backfill;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.benchmarks.harness.Command;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Dhara's own command, as its README shows it. Its ledger must tell what was planted. */
record DharaCommand() implements Command {

  @Override
  public List<String> arguments(Task task, Path answers) {
    Backfill job = Backfill.of(task, answers);
    return List.of(
        "order-metrics",
        "--events=files:" + job.events(),
        "--answers=files:" + job.answers(),
        "--by=" + Backfill.DIMENSION,
        "--topOrders=" + Backfill.TOP_ORDERS,
        "--unique=" + job.unique());
  }

  @Override
  public Outcome outcome(Task task, Path answers) throws IOException {
    AnswerFolder folder = new AnswerFolder(answers);
    JsonNode ledger = folder.ledger();
    boolean unique = Backfill.of(task, answers).unique();
    check(ledger, "dead_lettered", 0);
    check(ledger, "duplicate", unique ? task.number("copies") : 0);
    return folder.outcome(ledger.path("read").asLong());
  }

  private static void check(JsonNode ledger, String field, long planted) throws IOException {
    if (ledger.path(field).asLong(-1) != planted) {
      throw new IOException("the ledger says " + ledger + ", but " + field + " is " + planted);
    }
  }
}
