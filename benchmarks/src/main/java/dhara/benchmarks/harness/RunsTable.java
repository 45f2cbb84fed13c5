package dhara.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The table of a work: a row for each contestant.
 *
 * @param result what was measured
 * @param commands whether its contestants are commands: then whole runs are what counts, and only
 *     the kernel's figures are known
 */
record RunsTable(Result result, boolean commands) {

  private static final List<String> OF_JVMS =
      List.of(
          "thousand events/s",
          "speed ratio",
          "CPU s per million",
          "CPU ratio",
          "heap kept, MiB",
          "process, MiB",
          "allocated, B/event");
  private static final List<String> OF_COMMANDS =
      List.of(
          "seconds",
          "speed ratio",
          "CPU seconds",
          "CPU ratio",
          "process, MiB",
          "thousand events/s");

  /** Markdown. */
  String text() {
    List<String> heads = commands ? OF_COMMANDS : OF_JVMS;
    StringBuilder text = new StringBuilder();
    text.append("| | ").append(String.join(" | ", heads)).append(" |\n| --- |");
    text.append(" --: |".repeat(heads.size())).append("\n");
    for (Result.Runs runs : result.contestants()) {
      text.append("| ").append(runs.name()).append(" | ");
      if (runs.failed()) {
        text.append("failed: ")
            .append(runs.failure() == null ? "no round counted" : runs.failure())
            .append(" |".repeat(heads.size()));
      } else {
        text.append(String.join(" | ", commands ? command(runs) : jvm(runs))).append(" |");
      }
      text.append("\n");
    }
    return text.toString();
  }

  private List<String> jvm(Result.Runs runs) {
    List<String> cells = new ArrayList<>();
    cells.add(number(0, runs.spread(Measured::thousandEventsPerSecond).middle()));
    cells.add(speedRatio(runs));
    cells.add(number(2, runs.spread(Measured::cpuSecondsPerMillionEvents).middle()));
    cells.add(cpuRatio(runs));
    cells.add(number(0, runs.spread(Measured::heapMebibytes).most()));
    cells.add(number(0, runs.spread(Measured::processMebibytes).most()));
    cells.add(number(0, runs.spread(Measured::allocatedPerEvent).middle()));
    return cells;
  }

  private List<String> command(Result.Runs runs) {
    List<String> cells = new ArrayList<>();
    cells.add(number(2, runs.spread(Measured::wallSeconds).middle()));
    cells.add(speedRatio(runs));
    cells.add(number(2, runs.spread(Measured::cpuSeconds).middle()));
    cells.add(cpuRatio(runs));
    cells.add(number(0, runs.spread(Measured::processMebibytes).most()));
    cells.add(number(0, runs.spread(Measured::thousandEventsPerSecond).middle()));
    return cells;
  }

  private String speedRatio(Result.Runs runs) {
    Result.Runs reference = result.reference();
    return reference.failed() ? "" : runs.against(reference, Measured::wallNanos).toString();
  }

  private String cpuRatio(Result.Runs runs) {
    Result.Runs reference = result.reference();
    return reference.failed() ? "" : runs.against(reference, Measured::cpuNanos).toString();
  }

  private static String number(int decimals, double number) {
    return String.format(Locale.ROOT, "%." + decimals + "f", number);
  }
}
