package dhara.tools.reconcile;

import dhara.assembly.InputOptions;
import dhara.cli.Checked;
import dhara.connectors.Endpoint;
import dhara.connectors.RunFolder;
import dhara.engine.Job;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.reconcile.Comparison;
import dhara.reconcile.Finding;
import dhara.reconcile.Report;
import dhara.scratch.WholeFile;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The job of {@code reconcile}: compares, and prints a report at the end. */
final class ReconcileJob implements Job {

  private static final String FINDINGS = "findings";

  private final String a;
  private final String b;
  private final boolean allowEmpty;
  private final boolean untilEnd;
  private final Set<String> effects;
  private final int examples;
  private final @Nullable Path file;
  private final Comparison comparison;
  private final Pipeline pipeline;
  private final RunFolder folder = RunFolder.create();
  private int exit = 1;

  private ReconcileJob(
      Endpoint a, Endpoint b, @Nullable Analysis<?> analysis, ReconcileOptions options) {
    this.a = a.uri();
    this.b = b.uri();
    this.allowEmpty = options.getAllowEmpty();
    this.untilEnd = options.getUntil() == null;
    this.effects =
        analysis == null
            ? Set.of()
            : analysis.outputs().stream()
                .filter(Output::acts)
                .map(Output::name)
                .collect(Collectors.toSet());
    this.examples = options.getExamples();
    if (examples < 0 || examples > Finding.MOST) {
      throw new BadOption(
          "--examples", examples, "is not from 0 to " + Finding.MOST + ", e.g. --examples=3");
    }
    this.file = options.getReport() == null ? null : Checked.file("--report", options.getReport());
    this.comparison =
        Comparison.of(
            a,
            b,
            new Comparison.Asked(
                analysis,
                options.getFrom(),
                options.getUntil(),
                options.getTolerance(),
                options.getLate(),
                options.getDeadLetters(),
                InputOptions.mapping(options.getMap()),
                allowEmpty));
    this.pipeline = Pipeline.create(options);
    comparison.findings(pipeline).apply("Report", Report.keptIn(folder.path(FINDINGS)));
  }

  /**
   * Builds the comparison of two endpoints.
   *
   * @throws BadOption if one cannot be read, or the options contradict each other
   */
  static Job of(Endpoint a, Endpoint b, @Nullable Analysis<?> analysis, ReconcileOptions options) {
    return new ReconcileJob(a, b, analysis, options);
  }

  @Override
  public Pipeline pipeline() {
    return pipeline;
  }

  @Override
  public boolean bounded() {
    return true;
  }

  /**
   * Prints the report, and writes it to the file that the user named.
   *
   * @throws BadOption if there was nothing to compare
   */
  @Override
  public void finish(PipelineResult result, Console console) throws IOException {
    if (!folder.holds(FINDINGS)) {
      throw new IllegalStateException(
          "no findings came back to "
              + folder.path(FINDINGS)
              + ": the engine runs on another machine, so its findings are not available here");
    }
    Report report =
        new Report(
            a, b, comparison.causes(), comparison.lacking(), Report.parse(folder.lines(FINDINGS)));
    if (report.compared() == 0 && !allowEmpty) {
      throw new BadOption(
          "reconcile",
          null,
          "nothing to compare: neither side has an answer"
              + (report.outside() == 0
                  ? ""
                  : " in the range, and %,d rows lie outside of it".formatted(report.outside()))
              + "; with --allowEmpty that counts as equal");
    }
    report.print(Printable.stream(console.out()), examples);
    console.out().flush();
    if (file != null) {
      WholeFile.write(
          file,
          out -> {
            report.write(out);
            out.write('\n');
          });
    }
    exit = report.unexplained() == 0 ? 0 : 1;
    if (exit != 0) {
      hints().forEach(hint -> console.err().println("hint: " + hint));
    }
  }

  /** What a user most often forgets when answers differ for no reason. */
  private List<String> hints() {
    List<String> hints = new ArrayList<>();
    comparison
        .lacking()
        .forEach(
            (output, side) -> {
              if (effects.contains(output)) {
                hints.add(
                    "%s lacks %s, because a backfill holds effects back; run it with --effects=true"
                        .formatted(side, output));
              }
            });
    if (untilEnd) {
      hints.add(
          "a stream has not settled its newest windows; --until=INSTANT, with settled_until of its"
              + " ledger, compares those that it has");
    }
    return hints;
  }

  /** 0 if everything is equal or explained, otherwise 1. */
  @Override
  public int exit() {
    return exit;
  }

  @Override
  public void close() {
    try {
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }
}
