package dhara.tools.asof;

import dhara.asof.AsOfAnswers;
import dhara.asof.AsOfRow;
import dhara.connectors.Endpoint;
import dhara.connectors.LeaveLines;
import dhara.connectors.ResultSet;
import dhara.connectors.RunFolder;
import dhara.engine.Job;
import dhara.files.OutputFolder;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The job of {@code asof}: looks answers up, and prints or writes the rows. */
final class AsOfJob implements Job {

  private static final String ROWS = "rows";
  private static final String COUNTS = "counts";

  private final Pipeline pipeline;
  private final RunFolder folder = RunFolder.create();
  private final @Nullable Endpoint out;
  private final @Nullable OutputFolder written;

  private AsOfJob(Analysis<?> analysis, AsOfOptions options) {
    Output<?, ?> output = output(analysis, options.getOutput());
    Duration ttl = ttl(output, options.getTtl());
    List<String> by = by(output, options.getBy());
    ResultSet answers = ResultSet.of(Endpoint.of("--history", options.getHistory()));
    ResultSet questions = ResultSet.of(Endpoint.of("--entities", options.getEntities()));
    if (!questions.names().contains("")) {
      throw questions
          .endpoint()
          .bad("has no rows: there is no such file, or no file in the folder");
    }
    this.out = options.getOut() == null ? null : Endpoint.of("--out", options.getOut());
    this.written = out == null ? null : folder(out);
    this.pipeline = Pipeline.create(options);
    AsOfAnswers lookedUp =
        AsOfAnswers.of(output, answers, part(analysis, output, answers), questions, by);
    PCollection<AsOfRow> rows =
        pipeline.apply("Look", ttl == null ? lookedUp : lookedUp.expiringAfter(ttl));
    rows.apply(
            "Counted",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                .via(row -> KV.of(row.answered() ? "answered" : "unanswered", 1L)))
        .apply("Sum", Sum.longsPerKey())
        .apply(
            "Count",
            MapElements.into(TypeDescriptors.strings())
                .via(sum -> sum.getKey() + " " + sum.getValue()))
        .apply("Counts", LeaveLines.in(folder.path(COUNTS)));
    PCollection<String> lines =
        rows.apply("Line", MapElements.into(TypeDescriptors.strings()).via(AsOfRow::json));
    if (written == null) {
      lines.apply("Print", LeaveLines.in(folder.path(ROWS)));
    } else {
      lines.apply(
          "Write", TextIO.write().to(written.path() + "/" + output.name()).withSuffix(".jsonl"));
    }
  }

  /**
   * Builds the look-up.
   *
   * @throws BadOption if a place cannot be read, or the options contradict each other
   */
  static Job of(Analysis<?> analysis, AsOfOptions options) {
    return new AsOfJob(analysis, options);
  }

  private static Output<?, ?> output(Analysis<?> analysis, @Nullable String name) {
    if (name == null) {
      return analysis.outputs().get(0);
    }
    return analysis.outputs().stream()
        .filter(output -> output.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadOption(
                    "--output",
                    name,
                    "is no output of "
                        + analysis.name()
                        + "; it answers "
                        + analysis.outputs().stream()
                            .map(Output::name)
                            .collect(Collectors.joining(", "))));
  }

  private static @Nullable Duration ttl(Output<?, ?> output, @Nullable Duration ttl) {
    if (ttl == null) {
      return null;
    }
    if (ttl.isNegative() || ttl.isZero()) {
      throw new BadOption("--ttl", ttl, "must be longer than zero, e.g. --ttl=PT1H");
    }
    if (RecordFields.of(output.value()).names().contains(AsOfAnswers.EXPIRES_AT)) {
      throw new BadOption(
          "--ttl",
          ttl,
          "is for answers that do not say when they expire, and those of "
              + output.name()
              + " do, in "
              + AsOfAnswers.EXPIRES_AT
              + "; leave it out");
    }
    return ttl;
  }

  private static List<String> by(Output<?, ?> output, @Nullable String said) {
    List<String> key = RecordFields.of(output.key()).names();
    if (said == null) {
      return key;
    }
    List<String> by = List.of(said.split(",", -1));
    for (String column : by) {
      if (!key.contains(column)) {
        throw new BadOption(
            "--by",
            said,
            "names '"
                + column
                + "', which is no column of the key of "
                + output.name()
                + "; these are "
                + String.join(", ", key));
      }
    }
    return by;
  }

  /** The name of the part of a set that has an output's answers. */
  private static String part(Analysis<?> analysis, Output<?, ?> output, ResultSet answers) {
    boolean first = analysis.outputs().get(0).equals(output);
    String name =
        answers.names().contains("") && (first || answers.namesOutputs()) ? "" : output.name();
    if (!answers.names().contains(name)) {
      throw answers
          .endpoint()
          .bad(
              "has no answers of "
                  + output.name()
                  + (answers.names().isEmpty()
                      ? ""
                      : "; it has " + String.join(", ", answers.names())));
    }
    return name;
  }

  private static OutputFolder folder(Endpoint out) {
    if (!out.scheme().equals("files")) {
      throw out.bad("is no folder; rows go to files, e.g. --out=files:/data/training");
    }
    out.allow(Set.of());
    OutputFolder folder = new OutputFolder(out.path(), true);
    try {
      folder.check();
    } catch (IOException e) {
      throw out.bad(e.getMessage(), e);
    }
    return folder;
  }

  @Override
  public Pipeline pipeline() {
    return pipeline;
  }

  @Override
  public boolean bounded() {
    return true;
  }

  @Override
  public void prepare() {
    if (written == null) {
      return;
    }
    try {
      written.claim();
    } catch (IOException e) {
      throw out.bad(e.getMessage(), e);
    }
  }

  /** Prints the rows or where they are, and how many questions have an answer. */
  @Override
  public void finish(PipelineResult result, Console console) throws IOException {
    if (!folder.holds(COUNTS)) {
      throw new IllegalStateException(
          "no rows came back to "
              + folder.path(COUNTS)
              + ": the engine runs on another machine, so name a folder that both see: --out=");
    }
    long answered = 0;
    long asked = 0;
    for (String line : folder.lines(COUNTS)) {
      long count = Long.parseLong(line.substring(line.indexOf(' ') + 1));
      asked += count;
      answered += line.startsWith("answered ") ? count : 0;
    }
    if (written == null) {
      PrintStream to = Printable.stream(console.out());
      folder.forEachLine(ROWS, to::println);
      to.flush();
    } else {
      written.succeed(List.of());
    }
    console
        .err()
        .printf(
            "%,d asked, %,d answered%s%n",
            asked, answered, written == null ? "" : "; rows in " + written.path());
  }

  @Override
  public void close() {
    try {
      folder.close();
      if (written != null) {
        written.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }
}
