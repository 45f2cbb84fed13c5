package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.cli.TypedOption;
import dhara.formats.RecordFields;
import dhara.options.BackfillOptions;
import dhara.options.DharaOptions;
import dhara.options.EarlyOptions;
import dhara.options.LatenessOptions;
import dhara.options.OverloadOptions;
import dhara.options.SlidingOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Diagram;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.tools.advise.AdviseOptions;
import dhara.tools.asof.AsOfOptions;
import dhara.tools.calibrate.CalibrationOptions;
import dhara.tools.deploy.DeployOptions;
import dhara.tools.generate.GenerateOptions;
import dhara.tools.lint.LintOptions;
import dhara.tools.plan.PlanOptions;
import dhara.tools.reconcile.ReconcileOptions;
import dhara.tools.redrive.RedriveOptions;
import dhara.tools.replay.ReplayOptions;
import dhara.tools.template.TemplateOptions;
import dhara.tools.unseal.UnsealOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;

/**
 * The parts of README.md and docs/ that are generated from the code, between {@code <!-- NAME:start
 * -->} and {@code <!-- NAME:end -->}. Run this test with {@code -Ddhara.readme.write=true} to
 * rewrite them.
 */
class ReadmeTest {

  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path DOCS = ROOT.resolve("docs");
  private static final String TESTS = "mvn -B verify -Pall-runners";

  /** Whose options many analyses have: each has a table of its own. */
  private static final Set<Class<?>> SHARED =
      Set.of(
          DharaOptions.class,
          BackfillOptions.class,
          LatenessOptions.class,
          OverloadOptions.class,
          SlidingOptions.class,
          EarlyOptions.class,
          WindowOptions.class);

  @Test
  void listsEveryOption() throws IOException {
    assertPart(DOCS.resolve("options.md"), "options", options());
  }

  @Test
  void listsEveryAnalysisWithItsColumns() throws IOException {
    assertPart(DOCS.resolve("analyses.md"), "analyses", analyses());
  }

  @Test
  void listsThePagesOfAnalysesByDomain() throws IOException {
    assertPart(DOCS.resolve("analyses/README.md"), "analyses", domains());
  }

  @Test
  void namesTheTestCommandThatContinuousIntegrationRuns() throws IOException {
    assertThat(Files.readString(README), containsString(TESTS));
    assertThat(Files.readString(ROOT.resolve(".ci/run")), containsString(TESTS));
  }

  /** Compares a part of a page, or rewrites it. */
  static void assertPart(Path page, String name, String text) throws IOException {
    String readme = Files.readString(page);
    String start = "<!-- " + name + ":start -->\n";
    String end = "<!-- " + name + ":end -->\n";
    int from = readme.indexOf(start) + start.length();
    int until = readme.indexOf(end);
    assertThat(page.getFileName() + " has the markers " + start + end, from <= until, is(true));
    if (Boolean.getBoolean("dhara.readme.write")) {
      Files.writeString(page, readme.substring(0, from) + text + readme.substring(until));
      return;
    }
    assertThat(
        page.getFileName()
            + ", between the markers of "
            + name
            + ", is to read as follows (-Ddhara.readme.write=true writes it):\n"
            + text,
        readme.substring(from, until),
        is(text));
  }

  private static String options() {
    StringBuilder text = new StringBuilder();
    text.append(table("Every analysis", optionsOf(DharaOptions.class, DharaOptions.class)));
    text.append(table("Range and backfill", optionsOf(DharaOptions.class, BackfillOptions.class)));
    text.append(table("Overload", optionsOf(DharaOptions.class, OverloadOptions.class)));
    text.append(table("Lateness", optionsOf(LatenessOptions.class, LatenessOptions.class)));
    text.append(
        table(
            "Windows",
            TypedOption.of(WindowOptions.class).stream()
                .filter(
                    o ->
                        List.<Class<?>>of(
                                SlidingOptions.class, EarlyOptions.class, WindowOptions.class)
                            .contains(o.owner()))
                .toList()));
    for (Analysis<?> analysis : shipped()) {
      text.append(
          table(
              "`" + analysis.name() + "`",
              TypedOption.of(analysis.options()).stream()
                  .filter(option -> !SHARED.contains(option.owner()))
                  .toList()));
    }
    text.append(
        table("`generate ANALYSIS`", optionsOf(GenerateOptions.class, GenerateOptions.class)));
    text.append(table("`replay ANALYSIS`", optionsOf(ReplayOptions.class, ReplayOptions.class)));
    text.append(table("`lint ANALYSIS`", optionsOf(LintOptions.class, LintOptions.class)));
    text.append(
        table("`template ANALYSIS`", optionsOf(TemplateOptions.class, TemplateOptions.class)));
    text.append(table("`deploy ANALYSIS`", optionsOf(DeployOptions.class, DeployOptions.class)));
    text.append(
        table("`reconcile A B`", optionsOf(ReconcileOptions.class, ReconcileOptions.class)));
    text.append(table("`asof ANALYSIS`", optionsOf(AsOfOptions.class, AsOfOptions.class)));
    text.append(table("`redrive ANALYSIS`", optionsOf(RedriveOptions.class, RedriveOptions.class)));
    text.append(table("`advise ANALYSIS`", optionsOf(AdviseOptions.class, AdviseOptions.class)));
    text.append(table("`plan ANALYSIS`", optionsOf(PlanOptions.class, PlanOptions.class)));
    text.append(
        table(
            "`advise` and `plan`", optionsOf(CalibrationOptions.class, CalibrationOptions.class)));
    text.append(table("`unseal PLACE`", optionsOf(UnsealOptions.class, UnsealOptions.class)));
    return text.toString();
  }

  private static List<TypedOption> optionsOf(
      Class<? extends PipelineOptions> options, Class<?> owner) {
    return TypedOption.of(options).stream().filter(o -> o.owner() == owner).toList();
  }

  private static String table(String heading, List<TypedOption> options) {
    if (options.isEmpty()) {
      return "";
    }
    return options.stream()
        .map(
            o ->
                "| `--%s=%s` | %s | %s |\n"
                    .formatted(
                        o.name(),
                        cell(o.label()),
                        o.required() ? "required" : o.defaultText().isEmpty() ? "" : code(o),
                        cell(o.description())))
        .collect(
            Collectors.joining(
                "", "\n**" + heading + "**\n\n| option | default | |\n| --- | --- | --- |\n", ""));
  }

  private static String code(TypedOption option) {
    return "`" + cell(option.defaultText()) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static String analyses() {
    StringBuilder text = new StringBuilder();
    for (Analysis<?> analysis : shipped()) {
      text.append(
          "\n**[`%1$s`](analyses/%1$s.md)**: %2$s.\n\n"
              .formatted(analysis.name(), analysis.summary()));
      text.append("```\n" + Diagram.of(analysis).orElseThrow() + "\n```\n\n");
      for (Input<?> input : analysis.inputs()) {
        text.append(
            "- reads `%s`%s: %s\n"
                .formatted(
                    input.name(),
                    (input.isReference() ? " (a [reference](#reference-inputs))" : "")
                        + (input.optional() ? " (may be left out)" : ""),
                    names(input.type())));
      }
      for (Output<?, ?> output : analysis.outputs()) {
        text.append(
            "- answers `%s`: %s, `window_start`, `window_end`, `revision`, %s\n"
                .formatted(output.name(), names(output.key()), names(output.value())));
      }
    }
    return text.toString();
  }

  private static String domains() {
    Map<String, List<Analysis<?>>> domains = new TreeMap<>();
    for (Analysis<?> analysis : shipped()) {
      domains.computeIfAbsent(analysis.domain(), domain -> new ArrayList<>()).add(analysis);
    }
    StringBuilder text = new StringBuilder();
    domains.forEach(
        (domain, analyses) -> {
          text.append("\n## %s\n\n| analysis | answers |\n| --- | --- |\n".formatted(domain));
          for (Analysis<?> analysis : analyses) {
            text.append(
                "| [%1$s](%1$s.md) | %2$s |\n"
                    .formatted(analysis.name(), cell(analysis.summary())));
          }
        });
    return text.toString();
  }

  private static String names(Class<? extends Record> type) {
    return RecordFields.of(type).names().stream()
        .map(name -> "`" + name + "`")
        .collect(Collectors.joining(", "));
  }

  /** The analyses of the product, without those of these tests. */
  static List<Analysis<?>> shipped() {
    var product = Analysis.class.getProtectionDomain().getCodeSource();
    List<Analysis<?>> shipped = new ArrayList<>();
    Stream<Analysis<?>> all = Analysis.all().values().stream();
    all.filter(a -> a.getClass().getProtectionDomain().getCodeSource().equals(product))
        .forEach(shipped::add);
    return shipped;
  }
}
