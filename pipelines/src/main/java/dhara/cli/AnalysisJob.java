package dhara.cli;

import dhara.io.Endpoint;
import dhara.io.RunFolder;
import dhara.io.Sink;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Assembly;
import dhara.pipelines.Ledger;
import dhara.pipelines.Output;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** The job of an analysis: what it says when it has ended. */
final class AnalysisJob implements Job {

  private final Analysis<?> analysis;
  private final Assembly assembly;

  private AnalysisJob(Analysis<?> analysis, Assembly assembly) {
    this.analysis = analysis;
    this.assembly = assembly;
  }

  static <O extends DharaOptions> Job of(Analysis<O> analysis, O options) {
    return new AnalysisJob(analysis, Assembly.of(analysis, options));
  }

  @Override
  public Pipeline pipeline() {
    return assembly.pipeline();
  }

  @Override
  public boolean bounded() {
    return assembly.bounded();
  }

  /**
   * Prints the answers that go to the console, the first dead letters where they do, and the
   * ledger.
   *
   * @throws UnbalancedLedger where an event is unaccounted for: the answers cannot stand
   */
  @Override
  public void finish(PipelineResult result, Console console) throws IOException {
    RunFolder folder = assembly.folder();
    for (Output<?, ?> output : analysis.outputs()) {
      Endpoint sink = assembly.sink(output);
      if (sink.scheme().equals("console")) {
        Table.print(output.name(), folder.lines(output.name()), sink, console);
      }
    }
    console.out().flush();
    var dead = new DeadLetters();
    folder.forEachLine(Sink.DEAD_LETTERS, dead::add);
    dead.print(console);
    checked(assembly.ledgers(), console);
  }

  /** Prints ledgers, and fails where one does not balance. */
  static void checked(List<Ledger> ledgers, Console console) {
    ledgers.forEach(console.err()::println);
    if (ledgers.stream().anyMatch(ledger -> ledger.missing() != 0)) {
      throw new UnbalancedLedger();
    }
  }

  @Override
  public void close() {
    assembly.close();
  }

  /** Some event left by no exit, or by two. */
  static final class UnbalancedLedger extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    UnbalancedLedger() {
      super("the ledger does not balance: events were lost or counted twice");
    }
  }
}
