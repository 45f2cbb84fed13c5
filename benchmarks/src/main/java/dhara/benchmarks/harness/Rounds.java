package dhara.benchmarks.harness;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Measures works: each contestant in its own JVM, one at a time, in rounds. A round runs every
 * contestant once, and each round begins with the next one, so that other load on the machine
 * disturbs all of them alike; ratios are taken within a round.
 *
 * @param benchmarks the folder of the benchmarks' module
 * @param rounds how many rounds count
 * @param warmups how many come before them
 * @param most no work reads more events
 * @param flags of every JVM
 * @param timeout of one run
 * @param progress where a line for each run goes
 */
record Rounds(
    Path benchmarks,
    int rounds,
    int warmups,
    long most,
    List<String> flags,
    Duration timeout,
    PrintStream progress) {

  /** Contestants of one work gave different answers, so their figures are meaningless. */
  static final class Disagreement extends Exception {
    private static final long serialVersionUID = 1L;

    Disagreement(String message) {
      super(message);
    }
  }

  /** What happens to one entrant. */
  private static final class Line {
    final Entrant entrant;
    final List<Measured> measured = new ArrayList<>();
    @Nullable Rival rival;
    @Nullable String failure;

    Line(Entrant entrant) {
      this.entrant = entrant;
    }
  }

  /**
   * Measures a work.
   *
   * @param entrants those of its entrants that take part, the reference first
   */
  Result measure(Work work, List<Entrant> entrants) throws Exception {
    Path folder = Folders.temporary("dhara-benchmark-");
    List<Line> lines = entrants.stream().map(Line::new).toList();
    Task task = work.task(most);
    Work.Prepared place = work.setting().prepare(task, which -> which.read(benchmarks), folder);
    try {
      Task told = Work.with(task, place.parameters());
      for (Line line : lines) {
        start(work, line);
      }
      run(work, told, lines);
    } finally {
      for (Line line : lines) {
        if (line.rival != null) {
          line.rival.end();
        }
      }
      place.close().close();
      Folders.delete(folder);
    }
    return new Result(
        work.name(),
        task.events(),
        Instant.now().toString().substring(0, 10),
        Machine.here(),
        warmups,
        lines.stream()
            .map(
                line ->
                    new Result.Runs(
                        line.entrant.name(),
                        String.join(" ", Rival.flags(line.entrant, flags)),
                        line.measured,
                        line.failure))
            .toList());
  }

  private void start(Work work, Line line) throws IOException {
    Entrant entrant = line.entrant;
    line.rival =
        Rival.start(
            entrant,
            entrant.classPath().read(benchmarks),
            Rival.flags(entrant, flags),
            benchmarks.resolve("target/logs").resolve(work.name() + "-" + entrant.name() + ".log"));
  }

  private void run(Work work, Task task, List<Line> lines)
      throws Disagreement, InterruptedException {
    Map<Outcome, String> outcomes = new HashMap<>();
    for (int round = 0; round < warmups + rounds; round++) {
      List<Line> order = new ArrayList<>(lines);
      Collections.rotate(order, -round);
      for (Line line : order) {
        Rival rival = line.rival;
        if (rival == null || line.failure != null) {
          continue;
        }
        String label =
            String.format(
                "%s, round %d of %d%s, %s",
                work.name(),
                round + 1,
                warmups + rounds,
                round < warmups ? " (warm-up)" : "",
                line.entrant.name());
        try {
          Measured measured = rival.run(task, timeout);
          outcomes.putIfAbsent(measured.outcome(), line.entrant.name());
          progress.printf(
              Locale.ROOT,
              "%s: %.2f s, %.0f thousand events/s, %.2f CPU s, %.2f CPU s/million, %.0f MiB,"
                  + " %d answers%n",
              label,
              measured.wallSeconds(),
              measured.thousandEventsPerSecond(),
              measured.cpuSeconds(),
              measured.cpuSecondsPerMillionEvents(),
              measured.processMebibytes(),
              measured.outcome().answers());
          if (round >= warmups) {
            line.measured.add(measured);
          }
        } catch (Rival.Failed e) {
          line.failure = e.getMessage();
          progress.printf("%s: failed: %s%n", label, e.getMessage());
        }
        if (outcomes.size() > 1) {
          throw new Disagreement(
              work.name() + ": contestants disagree on the answers: " + outcomes);
        }
      }
    }
  }
}
