package dhara.benchmarks.analyses;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Machine;
import dhara.benchmarks.harness.Report;
import dhara.benchmarks.harness.Subcommand;
import dhara.pipelines.Analysis;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /** The generator's own default. */
  private static final long SEED = 1;

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
      AnalysisCommand command = new AnalysisCommand(bench, timeout);
      for (Analysis<?> analysis : chosen) {
        command.generate(analysis, folder, count, SEED);
      }
      for (int round = 1; round <= rounds; round++) {
        for (Analysis<?> analysis : chosen) {
          AnalysesResult.Run run = command.backfill(analysis, folder);
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
}
