package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.testkit.SettledAnswers;
import dhara.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every analysis has a page {@code docs/analyses/NAME.md}, whose first command reads the files of
 * the analysis in {@code test-data/} and whose rows are answers that are expected of it. {@code
 * TestDataTest} proves that the command gives these. A fence that begins with {@code ```json title}
 * holds something else, such as an event.
 */
class AnalysisPagesTest {

  private static final Path ROOT = Path.of("../..");
  private static final Path PAGES = ROOT.resolve("docs/analyses");
  private static final String FENCE = "```";
  private static final String ELSE = "json title";
  private static final Pattern COMMAND =
      Pattern.compile("mvn -q compile exec:exec -Dargs=\"([^\"]*)\"");

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void thePageIsCalledLikeTheAnalysis(String name) throws IOException {
    assertThat(Files.readAllLines(page(name)).get(0), is("# " + name));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void theFirstCommandReadsAllFilesOfTheAnalysisInTestData(String name) throws IOException {
    List<String> arguments = arguments(name);

    assertThat(arguments.get(0), is(name));
    assertThat(
        options(arguments, "--events="),
        containsInAnyOrder(
            TestData.read(Analysis.all().get(name), Path.of("test-data"), ".jsonl").toArray()));
    for (String events : options(arguments, "--events=")) {
      String file = events.substring(events.lastIndexOf('=') + 1);
      assertThat(file + " exists", Files.isRegularFile(ROOT.resolve(file)), is(true));
    }
    // Any other option could give rows that are not in test-data.
    assertThat(
        arguments.subList(1, arguments.size()),
        everyItem(
            anyOf(startsWith("--events="), startsWith("--answers=files:"), is("--effects=true"))));
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void theRowsAreAnswersOfThatCommand(String name) throws IOException {
    boolean acts = arguments(name).contains("--effects=true");
    Set<String> expected = new HashSet<>();
    for (Output<?, ?> output : Analysis.all().get(name).outputs()) {
      if (acts || !output.acts()) {
        expected.addAll(
            Files.readAllLines(
                ROOT.resolve("test-data")
                    .resolve(name)
                    .resolve("expected-" + output.name() + ".jsonl")));
      }
    }
    List<String> rows = new ArrayList<>();
    for (Fence fence : fences(name)) {
      if (!fence.kind.startsWith(ELSE)) {
        fence.lines.stream().filter(line -> line.startsWith("{")).forEach(rows::add);
      }
    }

    assertThat("rows of " + page(name), rows, is(not(empty())));
    List<String> others = new ArrayList<>();
    for (String row : rows) {
      if (!expected.containsAll(SettledAnswers.of(List.of(row)))) {
        others.add(row);
      }
    }
    assertThat("rows of " + page(name) + " that are not expected", others, is(empty()));
  }

  @Test
  void everyPageIsAboutAnAnalysis() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      List<String> pages =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> !file.equals("README.md"))
              .toList();
      assertThat(pages, everyItem(is(in(analyses().stream().map(name -> name + ".md").toList()))));
    }
  }

  private static Path page(String name) {
    return PAGES.resolve(name + ".md");
  }

  /** The arguments of the first command, beginning with the analysis. */
  private static List<String> arguments(String name) throws IOException {
    List<Fence> fences = fences(name);
    assertThat("fences of " + page(name), fences, is(not(empty())));
    String command = String.join("\n", fences.get(0).lines).replaceAll(" *\\\\\n *", " ");
    Matcher matcher = COMMAND.matcher(command);
    assertThat(command + " matches " + COMMAND, matcher.matches(), is(true));
    return List.of(matcher.group(1).split(" ", -1));
  }

  private static List<String> options(List<String> arguments, String prefix) {
    return arguments.stream().filter(argument -> argument.startsWith(prefix)).toList();
  }

  private static List<Fence> fences(String name) throws IOException {
    List<Fence> fences = new ArrayList<>();
    boolean open = false;
    for (String line : Files.readAllLines(page(name))) {
      if (line.startsWith(FENCE)) {
        open = !open;
        if (open) {
          fences.add(new Fence(line.substring(FENCE.length()), new ArrayList<>()));
        }
      } else if (open) {
        fences.get(fences.size() - 1).lines.add(line);
      }
    }
    assertThat("a fence of " + page(name) + " is open", open, is(false));
    return fences;
  }

  /**
   * What stands between two lines of backquotes.
   *
   * @param kind what follows the first backquotes
   */
  private record Fence(String kind, List<String> lines) {}
}
