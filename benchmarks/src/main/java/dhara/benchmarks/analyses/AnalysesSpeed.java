package dhara.benchmarks.analyses;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Machine;
import dhara.benchmarks.harness.Report;
import dhara.benchmarks.harness.Subcommand;
import dhara.benchmarks.process.ProcessRun;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures the backfill of each analysis, as a user would run it: the command on the direct runner
 * with its default options, over files that the analysis' own generator wrote, from the start of
 * the process to its exit. Rounds are interleaved: each analysis once, then all of them again.
 */
@Command(
    name = "analyses",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures a backfill of each analysis over its own generated events.")
@AutoService(Subcommand.class)
public final class AnalysesSpeed implements Subcommand {

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Events of each analysis, all inputs together (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each analysis (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "These analyses only; the others keep what was measured before.")
  private List<String> only = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "900",
      description = "A run that takes longer has failed (default: ${DEFAULT-VALUE}).")
  private long timeout;

  @Mixin private Bench bench;

  /** Found by {@link java.util.ServiceLoader}. */
  public AnalysesSpeed() {}

  @Override
  public Integer call() throws Exception {
    List<Analysis<?>> chosen =
        Analysis.all().values().stream()
            .filter(AnalysesSpeed::isDharas)
            .filter(analysis -> only.isEmpty() || only.contains(analysis.name()))
            .toList();
    if (!only.isEmpty() && chosen.size() < only.size()) {
      System.err.println("--only names an analysis that does not exist");
      return 2;
    }
    Path folder = Folders.temporary("dhara-analyses-");
    try {
      Map<String, List<AnalysesResult.Run>> runs = new TreeMap<>();
      for (Analysis<?> analysis : chosen) {
        generate(analysis, folder);
      }
      for (int round = 1; round <= rounds; round++) {
        for (Analysis<?> analysis : chosen) {
          AnalysesResult.Run run = run(analysis, folder);
          runs.computeIfAbsent(analysis.name(), name -> new ArrayList<>()).add(run);
          System.err.printf(
              "%-28s round %d: %,d events, %,d answers, %.1f s, %.1f CPU s%n",
              analysis.name(),
              round,
              run.events(),
              run.answers(),
              run.wallNanos() / 1e9,
              run.cpuNanos() / 1e9);
        }
      }
      AnalysesResult.read(bench.kept())
          .orElseGet(AnalysesResult::none)
          .with(Instant.now().toString().substring(0, 10), Machine.here(), runs)
          .write(bench.kept());
    } finally {
      Folders.delete(folder);
    }
    Report.of(bench.kept()).write();
    return 0;
  }

  /** Benchmarks and tests have analyses of their own, which the command does not know. */
  private static boolean isDharas(Analysis<?> analysis) {
    return analysis.getClass().getName().startsWith("dhara.pipelines.");
  }

  private void generate(Analysis<?> analysis, Path folder) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add("generate");
    arguments.add(analysis.name());
    arguments.add("--count=" + count);
    for (Input<?> input : analysis.inputs()) {
      arguments.add("--out=" + input.name() + "=" + file(analysis, input, folder));
    }
    Files.createDirectories(folder.resolve(analysis.name()));
    dhara(arguments);
  }

  private static Path file(Analysis<?> analysis, Input<?> input, Path folder) {
    return folder.resolve(analysis.name()).resolve(input.name() + ".jsonl");
  }

  private AnalysesResult.Run run(Analysis<?> analysis, Path folder) throws Exception {
    Path answers = folder.resolve("answers");
    List<String> arguments = new ArrayList<>();
    arguments.add(analysis.name());
    for (Input<?> input : analysis.inputs()) {
      arguments.add("--events=" + input.name() + "=" + file(analysis, input, folder));
    }
    arguments.add("--answers=files:" + answers);
    ProcessRun run = dhara(arguments);
    Written written = new Written(answers);
    AnalysesResult.Run result =
        new AnalysesResult.Run(
            written.events(), written.answers(analysis), run.wallNanos(), run.cpuNanos());
    Folders.delete(answers);
    return result;
  }

  private ProcessRun dhara(List<String> arguments)
      throws IOException, InterruptedException, TimeoutException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(bench.flags());
    line.addAll(ClassPath.DIRECT_COMMAND.flags());
    line.add("-cp");
    line.add(ClassPath.DIRECT_COMMAND.read(bench.module()));
    line.add(Dhara.class.getName());
    line.addAll(arguments);
    Path log = bench.module().resolve("target/logs/analyses.log");
    Files.createDirectories(log.getParent());
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
      return AnalysesResult.JSON
          .readerFor(LedgerRow.class)
          .<LedgerRow>readValues(String.join("\n", lines(folder.resolve("ledger")).toList()))
          .readAll()
          .stream()
          .mapToLong(LedgerRow::read)
          .sum();
    }

    /** How many answers there are, of all outputs. */
    long answers(Analysis<?> analysis) throws IOException {
      long answers = 0;
      for (var output : analysis.outputs()) {
        Path rows = folder.resolve(output.name());
        answers += Files.isDirectory(rows) ? lines(rows).count() : 0;
      }
      return answers;
    }

    private static Stream<String> lines(Path rows) throws IOException {
      List<Path> files;
      try (Stream<Path> all = Files.list(rows)) {
        files = all.filter(file -> !file.getFileName().toString().matches("[._].*")).toList();
      }
      List<String> lines = new ArrayList<>();
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
      return lines.stream();
    }
  }

  /** The part of a ledger's row that counts what was read. */
  private record LedgerRow(long read) {}
}
