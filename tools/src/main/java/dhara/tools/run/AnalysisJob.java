package dhara.tools.run;

import dhara.assembly.Assembly;
import dhara.connectors.Aside;
import dhara.connectors.RunFolder;
import dhara.engine.Job;
import dhara.ledger.Ledger;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.reconcile.Report;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** The job of an analysis, and what it prints at its end. */
public final class AnalysisJob implements Job {

  private final Assembly assembly;

  private AnalysisJob(Assembly assembly) {
    this.assembly = assembly;
  }

  public static <O extends DharaOptions> Job of(Analysis<O> analysis, O options) {
    return new AnalysisJob(Assembly.of(analysis, options));
  }

  @Override
  public Pipeline pipeline() {
    return assembly.pipeline();
  }

  @Override
  public boolean bounded() {
    return assembly.bounded();
  }

  @Override
  public long bytes() {
    return assembly.bytes();
  }

  @Override
  public Optional<String> answersTo() {
    return Optional.of(assembly.answersTo());
  }

  @Override
  public List<String> plan() {
    return assembly.plan();
  }

  @Override
  public void prepare() {
    assembly.prepare();
  }

  /**
   * Prints the answers that go to the console, the first dead letters if they go there, and the
   * ledger.
   *
   * @throws UnbalancedLedger if an event is unaccounted for, so that the answers are not valid
   * @throws IllegalStateException if they are not valid for another reason, or if a system has not
   *     taken all rows
   */
  @Override
  public void finish(PipelineResult result, Console console) throws IOException {
    RunFolder folder = assembly.folder();
    for (Output<?, ?> output : assembly.kept()) {
      Table.print(
          output.name(),
          line -> folder.forEachLine(output.name(), line),
          assembly.sink(output),
          console);
    }
    console.out().flush();
    var dead = new DeadLetters();
    folder.forEachLine(Aside.DEAD_LETTERS, dead::add);
    dead.print(console);
    for (Output<?, ?> output : assembly.heldBack()) {
      console
          .err()
          .println(
              output.name() + ": held back, for this is a backfill; --effects=true lets it act");
    }
    Optional<Report> changes = assembly.changes();
    if (changes.isPresent()) {
      changes.get().printChanges(Printable.stream(console.err()));
    }
    List<Ledger> ledgers = assembly.ledgers();
    assembly.wrote().forEach(console.err()::println);
    checked(ledgers, dropped(result.metrics()), console);
    unused(ledgers, console);
    List<String> objections = assembly.objections(ledgers);
    if (!objections.isEmpty()) {
      throw new IllegalStateException(String.join("; ", objections));
    }
    assembly.succeed(ledgers);
    long undelivered = assembly.undelivered();
    if (undelivered > 0) { // after the folders are marked, because their answers are complete
      throw new IllegalStateException(
          ("%,d %s not delivered; the dead letters UNDELIVERED say why, and redrive --output=NAME"
                  + " sends them again")
              .formatted(undelivered, undelivered == 1 ? "row was" : "rows were"));
    }
  }

  /**
   * Warns of inputs none of whose events were used, because an empty result looks like a quiet day.
   */
  private static void unused(List<Ledger> ledgers, Console console) {
    for (Ledger ledger : ledgers) {
      if (ledger.unused()) {
        console
            .err()
            .printf(
                "WARNING %s: not one of %,d events is in an answer%s%n",
                ledger.input(),
                ledger.read(),
                ledger.deadLettered() > 0
                    ? "; dead letters say why, and --map maps fields with other names"
                    : "; they are outside of --from and --until");
      } else if (ledger.read() == 0) {
        console.err().printf("WARNING %s: no events were read%n", ledger.input());
      }
    }
  }

  /**
   * Prints ledgers, and fails if one does not balance.
   *
   * @param dropped what the engine reports as dropped, a line for each step
   */
  static void checked(List<Ledger> ledgers, List<String> dropped, Console console) {
    ledgers.forEach(console.err()::println);
    List<String> leaks = new ArrayList<>();
    ledgers.forEach(ledger -> leaks.addAll(ledger.leaks()));
    leaks.addAll(dropped);
    if (!leaks.isEmpty()) {
      throw new UnbalancedLedger(leaks);
    }
  }

  /**
   * Elements that the engine dropped as late without the ledger, which must not happen: Beam's
   * groupings drop silently and only increment a counter.
   */
  static List<String> dropped(MetricResults metrics) {
    List<String> dropped = new ArrayList<>();
    for (MetricResult<Long> counter :
        metrics.queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      long count = counter.getAttempted();
      if (counter.getName().getName().equalsIgnoreCase("droppedDueToLateness") && count > 0) {
        dropped.add(
            "%s: the engine dropped %,d elements as late"
                .formatted(counter.getKey().stepName(), count));
      }
    }
    return dropped;
  }

  @Override
  public void close() {
    assembly.close();
  }

  /** Some event left by no exit, or by two exits. */
  static final class UnbalancedLedger extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    UnbalancedLedger(List<String> leaks) {
      super(
          "the ledger does not balance, events were lost or counted twice; "
              + String.join("; ", leaks));
    }
  }
}
