package dhara.benchmarks.backfill;

import dhara.benchmarks.harness.Command;
import dhara.benchmarks.harness.Entrant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.harness.Work;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Runs the commands of a work one after the other in this JVM, over few rows: whether they agree
 * does not depend on the process, and a JVM that stays needs a tenth of the time.
 *
 * @param rows how many rows
 * @param folder an empty folder for files and answers
 */
record InThisJvm(long rows, Path folder) {

  /** Of works that differ in the number of their rows only, one is enough. */
  static List<Work> worksThatDiffer() {
    Map<Map<String, String>, Work> distinct = new LinkedHashMap<>();
    new BackfillSuite().works().forEach(work -> distinct.putIfAbsent(work.parameters(), work));
    return new ArrayList<>(distinct.values());
  }

  /**
   * A work of CSV and one of JSON lines, for engines that take long to start. Each run of the
   * benchmarks compares the answers to the other works.
   */
  static List<Work> workOfEachFormat() {
    Map<String, Work> formats = new LinkedHashMap<>();
    worksThatDiffer().forEach(work -> formats.putIfAbsent(work.parameters().get("format"), work));
    return new ArrayList<>(formats.values());
  }

  /** What some of a work's contestants answer, by name. */
  Map<String, Outcome> outcomes(Work work, Predicate<Entrant> which) throws Exception {
    Task bare = new Task(rows, work.parameters());
    Map<String, String> parameters = new HashMap<>(work.parameters());
    parameters.putAll(BackfillSuite.written(bare, folder).parameters());
    Task task = new Task(rows, parameters);
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Entrant entrant : work.entrants()) {
      Command command = entrant.command();
      if (command != null && which.test(entrant)) {
        Path answers = folder.resolve(entrant.name());
        run(entrant, command.arguments(task, answers).toArray(String[]::new));
        outcomes.put(entrant.name(), command.outcome(task, answers));
      }
    }
    return outcomes;
  }

  private static void run(Entrant entrant, String[] arguments) throws Exception {
    if (!entrant.contestant().equals(Dhara.class.getName())) {
      Class.forName(entrant.contestant())
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
      return;
    }
    // Its own main method ends the JVM.
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    if (Dhara.on(Console.piped(out, out)).run(arguments) != 0) {
      throw new IOException(entrant.name() + ": " + printed.toString(StandardCharsets.UTF_8));
    }
  }
}
