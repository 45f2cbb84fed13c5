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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares the speed that {@code plan} measures with a sample with the speed of a whole backfill
 * over other events: the command as a user runs it, each time in a new process.
 *
 * <p>The speed of a backfill is that beyond its start: a run over the first quarter of the events
 * is taken off, {@code (events − events of the quarter) / (processor time − processor time of the
 * quarter)}. A tiny run would not do: by its end the JVM has compiled little of what a long run
 * needs, so that the rest would count as the speed of events.
 *
 * <p>Each step is announced with its time, and each analysis is kept as soon as it is measured.
 */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares the speed that the verb plan predicts with that of backfills.")
@AutoService(Subcommand.class)
public final class PlanAccuracy implements Subcommand {

  private static final int PARTS = 4;
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
      defaultValue = "300",
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
    Path folder = Folders.temporary("dhara-plan-");
    try {
      for (String name : only) {
        PlanResult.Compared compared = compare(all.get(name), command, folder);
        System.err.printf(
            "%-16s predicted %,.0f events a core and second, measured %,.0f, error %+.0f %%%n",
            name, compared.predicted(), compared.measured(), 100 * compared.error());
        PlanResult.read(bench.kept())
            .orElseGet(PlanResult::none)
            .with(name, compared)
            .write(bench.kept());
      }
    } finally {
      Folders.delete(folder);
    }
    Report.of(bench.kept()).write();
    return 0;
  }

  /** A part of the work that takes a while. */
  @FunctionalInterface
  private interface Step<T> {
    T take() throws Exception;
  }

  /** Takes a step, and says which and how long it took. */
  private static <T> T step(Analysis<?> analysis, String what, Step<T> step) throws Exception {
    System.err.printf("%-16s %s … ", analysis.name(), what);
    System.err.flush();
    long began = System.nanoTime();
    T result = step.take();
    System.err.printf("%.1f s%n", (System.nanoTime() - began) / 1e9);
    return result;
  }

  private PlanResult.Compared compare(Analysis<?> analysis, AnalysisCommand command, Path folder)
      throws Exception {
    double predicted =
        step(
            analysis,
            "plan, with a sample of %,d events".formatted(sample),
            () -> {
              Path sampled = folder.resolve("sample");
              command.generate(analysis, sampled, sample, SEED_OF_SAMPLE);
              double perCore = predicted(analysis, command, sampled);
              Folders.delete(sampled);
              return perCore;
            });
    AnalysesResult.Run quarter = backfill(analysis, command, folder, count / PARTS);
    AnalysesResult.Run whole = backfill(analysis, command, folder, count);
    return new PlanResult.Compared(
        Instant.now().toString().substring(0, 10),
        Machine.here(),
        sample,
        whole.events(),
        predicted,
        (whole.events() - quarter.events()) * 1e9 / (whole.cpuNanos() - quarter.cpuNanos()));
  }

  private static AnalysesResult.Run backfill(
      Analysis<?> analysis, AnalysisCommand command, Path folder, int events) throws Exception {
    return step(
        analysis,
        "a backfill of %,d events".formatted(events),
        () -> {
          Path files = folder.resolve("events");
          command.generate(analysis, files, events, SEED_OF_REST);
          AnalysesResult.Run run = command.backfill(analysis, files);
          Folders.delete(files);
          return run;
        });
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
