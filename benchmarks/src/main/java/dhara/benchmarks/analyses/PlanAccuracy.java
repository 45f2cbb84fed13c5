package dhara.benchmarks.analyses;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Machine;
import dhara.benchmarks.harness.Report;
import dhara.benchmarks.harness.Subcommand;
import dhara.pipelines.Analysis;
import java.io.IOException;
import java.nio.file.Files;
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
 * Compares the speed that {@code plan} measures with a sample with the speed of a whole backfill
 * over other events: the command as a user runs it, each time in a new process.
 *
 * <p>The speed of a backfill is that beyond its start: {@code (events − events of a tiny backfill)
 * / (processor time − processor time of the tiny backfill)}.
 */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares the speed that the verb plan predicts with that of backfills.")
@AutoService(Subcommand.class)
public final class PlanAccuracy implements Subcommand {

  private static final long TINY = 1_000;
  private static final long SEED_OF_SAMPLE = 1;
  private static final long SEED_OF_REST = 2;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Events of each backfill (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "200000",
      description = "Events that are measured with (default: ${DEFAULT-VALUE}).")
  private int sample;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "candles,conversion,fraud,sensor-health,viewership",
      description = "The analyses (default: ${DEFAULT-VALUE}).")
  private List<String> only;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "900",
      description = "A run that takes longer has failed (default: ${DEFAULT-VALUE}).")
  private long timeout;

  @Mixin private Bench bench;

  /** Found by {@link java.util.ServiceLoader}. */
  public PlanAccuracy() {}

  @Override
  public Integer call() throws Exception {
    Map<String, Analysis<?>> all = Analysis.all();
    if (!all.keySet().containsAll(only)) {
      System.err.println("--only names an analysis that does not exist");
      return 2;
    }
    AnalysisCommand command = new AnalysisCommand(bench, timeout);
    Map<String, PlanResult.Compared> compared = new TreeMap<>();
    Path folder = Folders.temporary("dhara-plan-");
    try {
      for (String name : only) {
        PlanResult.Compared each = compare(all.get(name), command, folder);
        compared.put(name, each);
        System.err.printf(
            "%-28s predicted %,.0f events a core and second, measured %,.0f, error %+.0f %%%n",
            name, each.predicted(), each.measured(), 100 * each.error());
      }
    } finally {
      Folders.delete(folder);
    }
    new PlanResult(Instant.now().toString().substring(0, 10), Machine.here(), sample, compared)
        .write(bench.kept());
    Report.of(bench.kept()).write();
    return 0;
  }

  private PlanResult.Compared compare(Analysis<?> analysis, AnalysisCommand command, Path folder)
      throws Exception {
    Path sampled = folder.resolve("sample");
    command.generate(analysis, sampled, sample, SEED_OF_SAMPLE);
    double predicted = predicted(analysis, command, sampled);
    Folders.delete(sampled);
    Path tiny = folder.resolve("tiny");
    command.generate(analysis, tiny, TINY, SEED_OF_REST);
    AnalysesResult.Run start = command.backfill(analysis, tiny);
    Path large = folder.resolve("large");
    command.generate(analysis, large, count, SEED_OF_REST);
    AnalysesResult.Run run = command.backfill(analysis, large);
    Folders.delete(large);
    return new PlanResult.Compared(
        run.events(),
        predicted,
        (run.events() - start.events()) * 1e9 / (run.cpuNanos() - start.cpuNanos()));
  }

  private double predicted(Analysis<?> analysis, AnalysisCommand command, Path sampled)
      throws Exception {
    Path log = command.log("plan-" + analysis.name());
    Files.deleteIfExists(log);
    List<String> arguments =
        new ArrayList<>(List.of("plan", analysis.name(), "--rate=1000", "--format=json"));
    arguments.add("--sample=" + sample);
    arguments.addAll(AnalysisCommand.events(analysis, sampled));
    command.run(arguments, log);
    for (String line : Files.readAllLines(log)) {
      if (line.startsWith("{")) {
        for (JsonNode input : AnalysesResult.JSON.readTree(line).path("inputs")) {
          if (input.path("name").asText().equals("events a core, backfill")) {
            return input.path("value").asDouble();
          }
        }
      }
    }
    throw new IOException(log + " holds no plan");
  }
}
