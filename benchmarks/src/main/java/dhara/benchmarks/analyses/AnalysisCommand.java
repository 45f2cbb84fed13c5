package dhara.benchmarks.analyses;

import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.process.ProcessRun;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs the command for an analysis on the direct runner, in a process of its own, with its default
 * options, over files that the analysis' own generator wrote.
 *
 * @param timeout seconds after which a run has failed
 */
record AnalysisCommand(Bench bench, long timeout) {

  /** Writes events of all inputs into a folder of the analysis within {@code folder}. */
  void generate(Analysis<?> analysis, Path folder, long count, long seed) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add("generate");
    arguments.add(analysis.name());
    arguments.add("--count=" + count);
    arguments.add("--seed=" + seed);
    for (Input<?> input : analysis.inputs()) {
      arguments.add("--out=" + input.name() + "=" + file(analysis, input, folder));
    }
    Files.createDirectories(folder.resolve(analysis.name()));
    run(arguments, log("analyses"));
  }

  /** The options that name the events of such a folder. */
  static List<String> events(Analysis<?> analysis, Path folder) {
    return analysis.inputs().stream()
        .map(input -> "--events=" + input.name() + "=" + file(analysis, input, folder))
        .toList();
  }

  private static Path file(Analysis<?> analysis, Input<?> input, Path folder) {
    return folder.resolve(analysis.name()).resolve(input.name() + ".jsonl");
  }

  /** A backfill over the events of such a folder. */
  AnalysesResult.Run backfill(Analysis<?> analysis, Path folder) throws Exception {
    Path answers = folder.resolve("answers");
    List<String> arguments = new ArrayList<>(List.of(analysis.name()));
    arguments.addAll(events(analysis, folder));
    arguments.add("--answers=files:" + answers);
    ProcessRun run = run(arguments, log("analyses"));
    Written written = new Written(answers);
    AnalysesResult.Run result =
        new AnalysesResult.Run(
            written.events(), written.answers(analysis), run.wallNanos(), run.cpuNanos());
    Folders.delete(answers);
    return result;
  }

  /** A file for what a command prints. */
  Path log(String name) throws IOException {
    return Files.createDirectories(bench.module().resolve("target/logs")).resolve(name + ".log");
  }

  /**
   * Runs the command.
   *
   * @param log what it prints is added to this file
   * @throws IOException if it fails
   */
  ProcessRun run(List<String> arguments, Path log)
      throws IOException, InterruptedException, TimeoutException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(bench.flags());
    line.addAll(ClassPath.DIRECT_COMMAND.flags());
    line.add("-cp");
    line.add(ClassPath.DIRECT_COMMAND.read(bench.module()));
    line.add(Dhara.class.getName());
    line.addAll(arguments);
    ProcessRun run = ProcessRun.of(line, log, Duration.ofSeconds(timeout));
    if (run.exit() != 0) {
      throw new IOException(
          String.join(" ", arguments) + ": exit code " + run.exit() + "; " + log + " says why");
    }
    return run;
  }

  /** What a run has written. */
  private record Written(Path folder) {

    /** The events that its ledger counts as read. */
    long events() throws IOException {
      long events = 0;
      for (Path file : files(folder.resolve("ledger"))) {
        events +=
            AnalysesResult.JSON
                .readerFor(LedgerRow.class)
                .<LedgerRow>readValues(file.toFile())
                .readAll()
                .stream()
                .mapToLong(LedgerRow::read)
                .sum();
      }
      return events;
    }

    /** How many answers there are, of all outputs. */
    long answers(Analysis<?> analysis) throws IOException {
      long answers = 0;
      for (var output : analysis.outputs()) {
        for (Path file : files(folder.resolve(output.name()))) {
          try (Stream<String> lines = Files.lines(file)) {
            answers += lines.count();
          }
        }
      }
      return answers;
    }

    /** The files of a folder that hold rows; none if there is no such folder. */
    private static List<Path> files(Path rows) throws IOException {
      if (!Files.isDirectory(rows)) {
        return List.of();
      }
      try (Stream<Path> all = Files.list(rows)) {
        return all.filter(file -> !file.getFileName().toString().matches("[._].*")).toList();
      }
    }
  }

  /** The part of a ledger's row that counts what was read. */
  private record LedgerRow(long read) {}
}
