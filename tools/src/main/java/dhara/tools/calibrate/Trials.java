package dhara.tools.calibrate;

import com.sun.management.OperatingSystemMXBean;
import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.connectors.ReadHere;
import dhara.ledger.Ledger;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.terminal.Console;
import dhara.terminal.Progress;
import dhara.tools.run.PipelineCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs backfills of samples in this process, as the command would, but shows only their progress.
 */
final class Trials<O extends DharaOptions> {

  /** Options that say where a run reads and writes, and which part of its events count. */
  private static final Set<String> REPLACED =
      Set.of(
          "events",
          "answers",
          "deadLetters",
          "late",
          "ledger",
          "map",
          "from",
          "until",
          "cutover",
          "without",
          "compareTo",
          "overwrite",
          "revision",
          "maxDeadLetters",
          "allowUnused",
          "effects",
          "wait");

  private static final double NANOS = 1e9;

  private final Environment environment;
  private final Analysis<O> analysis;
  private final Map<String, List<String>> options = new LinkedHashMap<>();
  private final Path folder;
  private int runs;

  /**
   * Trials of an analysis.
   *
   * @param given options of the analysis and of the engine, as the user gave them, by name
   * @param folder where answers are written
   */
  Trials(
      Environment environment, Analysis<O> analysis, Map<String, List<String>> given, Path folder) {
    this.environment = environment;
    this.analysis = analysis;
    this.folder = folder;
    given.forEach(
        (name, values) -> {
          if (!REPLACED.contains(name)) {
            options.put(name, values);
          }
        });
  }

  /**
   * Runs a backfill.
   *
   * @param files the events of each input
   * @param watched whether to count what it groups, which takes time
   * @throws IOException if the run fails; the message is what it printed
   * @throws Exception the failure, as the engine wrapped it
   */
  TrialRun run(Map<String, Path> files, boolean watched) throws Exception {
    Path answers = folder.resolve("answers-" + runs++);
    Map<String, List<String>> values = new LinkedHashMap<>(options);
    values.put("events", EventSample.options(files));
    values.put("answers", List.of("files:" + answers));
    values.put("allowUnused", List.of("true"));
    Arguments known = Arguments.ofAnalysis(analysis.name(), analysis.options());
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream silent = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Environment inside =
        new Environment(
            Console.piped(silent, silent),
            environment.engineName(),
            environment.jobs(),
            environment.analyses(),
            Map.of());
    PipelineCommand command =
        new PipelineCommand(
            inside,
            known,
            new Arguments.Given(values, Map.of(), List.of(), false, false, false, false));
    Analysis<O> run = watched ? new WatchedAnalysis<>(analysis, answers.toString()) : analysis;
    long cpu = cpuNanos();
    long start = System.nanoTime();
    long before = ReadHere.records();
    Progress progress =
        Progress.of(() -> ReadHere.records() - before, "events", environment.console());
    int exit;
    try {
      exit =
          command.run(
              byDhara ->
                  inside
                      .jobs()
                      .job(run, command.options(analysis.options(), analysis.name(), byDhara)));
    } finally {
      progress.stop();
    }
    double wallSeconds = (System.nanoTime() - start) / NANOS;
    double cpuSeconds = (cpuNanos() - cpu) / NANOS;
    if (exit != ExitCode.DONE) {
      throw new IOException(
          "a backfill of the sample failed: " + printed.toString(StandardCharsets.UTF_8).strip());
    }
    List<OutputRows> outputs = new ArrayList<>();
    for (Output<?, ?> output : analysis.outputs()) {
      outputs.add(OutputRows.of(output, answers));
    }
    List<Ledger> facts = ledgers(answers.resolve("ledger"));
    return new TrialRun(
        facts.stream().mapToLong(Ledger::read).sum(),
        facts.stream().mapToLong(Ledger::deadLettered).sum(),
        cpuSeconds,
        wallSeconds,
        GroupedBytes.taken(answers.toString()),
        outputs);
  }

  /** The ledgers of the inputs that are no references. */
  private List<Ledger> ledgers(Path folder) throws IOException {
    Set<String> facts =
        analysis.inputs().stream()
            .filter(input -> !input.isReference())
            .map(Input::name)
            .collect(Collectors.toSet());
    List<Ledger> ledgers = new ArrayList<>();
    for (Path file : OutputRows.files(folder)) {
      for (String line : Files.readAllLines(file)) {
        Ledger ledger = Ledger.read(line);
        if (facts.contains(ledger.input())) {
          ledgers.add(ledger);
        }
      }
    }
    return ledgers;
  }

  /** Processor time of all threads of this process, those of the compiler and collector too. */
  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
