package dhara.tools;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.engine.Job;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Windowing;
import dhara.terminal.Console;
import dhara.tools.replay.Tides;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that the command refuses, with exit code 2 and one line. */
class RefusalsTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --window=PT9999999999999H      | is longer than a hundred years, P36500D, e.g. --window=PT1M
          --lateness=P36501D             | is longer than a hundred years, P36500D, e.g. --lateness=PT10M
          --window=PT0.0001S             | is no whole number of milliseconds, PT0.001S, e.g. --window=PT1M
          --maxSkew=PT-1S                | is below zero, e.g. --maxSkew=PT1H
          --disorder=PT-0.001S           | is below zero, e.g. --disorder=PT10S
          --from=+10000-01-01T00:00:00Z  | is not in the years 0 to 9999, e.g. --from=2026-10-01T00:00:00Z
          --until=-0001-01-01T00:00:00Z  | is not in the years 0 to 9999, e.g. --until=2026-11-01T00:00:00Z
          """)
  void timesThatNoWindowCouldHold(String option, String said) {
    assertThat(run("tides", "--harbour=Kochi", option), is("2: dhara: " + option + ": " + said));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --gap=PT30S --window=PT5M       | --window=PT5M: a session (--gap) is as wide as its events make it; leave one of them out
          --gap=PT30S --every=PT5M        | --every=PT5M: sessions (--gap) do not slide; leave one of them out
          --window=PT1M --every=PT0.001S  | --every=PT0.001S: 60,000 windows of --window=PT1M would hold each event, and 3,600 may; e.g. --every=PT0.017S
          --every=PT1M1S                  | --every=PT1M1S: is longer than --window=PT1M: events would be left out
          """)
  void windowsThatContradictEachOther(String options, String said) {
    assertThat(run("tides --harbour=Kochi " + options), is("2: dhara: " + said));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          content-performance --window=PT5M | --window: is no option of content-performance. Its windows are days, weeks or months; --since says which. 'dhara help content-performance' shows them all.
          engagement --gap=PT5M             | --gap: is no option of engagement. Its windows are days, weeks or months; --since says which. 'dhara help engagement' shows them all.
          retention --every=P1D             | --every: is no option of retention. 'dhara help retention' shows them all.
          """)
  void windowsWhereOnlyThoseOfTheCalendarCount(String arguments, String said) {
    assertThat(run(arguments), is("2: dhara: " + said));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tides -- --harbour=Kochi        | --: ends the options, and tides takes nothing but options; leave it out
          tides @kochi.options            | @kochi.options: is no option of tides; options look like --name=value. 'dhara help tides' shows them all.
          --harbour=Kochi tides           | --harbour: stands where the analysis or the verb does; it follows it: dhara ANALYSIS --events=URI
          generate --count=10             | generate: names no analysis; write generate ANALYSIS --count=1000
          generate --count=10 tides tides | tides: stands beside the analysis, and generate takes one; options look like --name=value
          generate --count=10 tide        | tide: is no analysis. Did you mean tides? 'dhara list' shows the analyses.
          redrive --to=a                  | redrive: names no analysis; write redrive ANALYSIS --letters=URI --to=URI --journal=FILE
          reconcile --examples=3 a        | reconcile: names fewer than two sets of answers; write reconcile files:A files:B, and options
          reconcile a --examples=3 b c    | reconcile: names more than two sets of answers; write reconcile files:A files:B, and options
          """)
  void argumentsInPlacesWhereNothingReadsThem(String arguments, String said) {
    assertThat(run(arguments), is("2: dhara: " + said));
  }

  @Test
  void optionsMayStandBeforeTheNameOfTheAnalysis(@TempDir Path folder) {
    Path file = folder.resolve("tides.jsonl");
    assertThat(
        run("generate", "--count=3", "--garbage=0", "tides", "--duplicates=0", "--out=" + file),
        is("0: " + file + ": 3 events, 0 duplicates, 0 dead letters"));
  }

  @Test
  void whatAUserTypesOrAFileHoldsDoesNotSteerTheTerminal() {
    assertThat(
        run("tides", "--harbour=Kochi", "--turn=\u001b[31mEB\u009b2JB\u202e\r"),
        is(
            "2: dhara: --turn=\uFFFD[31mEB\uFFFD2JB\uFFFD\uFFFD: is none of EBB|FLOOD, e.g."
                + " --turn=EBB|FLOOD"));
  }

  /** Beside {@link Tides}, under its name. */
  public static final class Twin extends Named {
    public Twin() {
      super("tides");
    }
  }

  /** Named as a verb is. */
  public static final class Lister extends Named {
    public Lister() {
      super("list");
    }
  }

  /** Named as a class is. */
  public static final class Camel extends Named {
    public Camel() {
      super("HighTides");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Twin   | the class path: holds two analyses that are named tides: dhara.tools.replay.Tides and dhara.tools.RefusalsTest$Twin; rename one, or leave its jar out
          Lister | dhara.tools.RefusalsTest$Lister: is named list, as the verb is; give it another name
          Camel  | dhara.tools.RefusalsTest$Camel: is named 'HighTides'; a name is kebab case: order-metrics
          """)
  void analysesThatCouldNotBeTyped(String analysis, String said, @TempDir Path folder)
      throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(Analysis.class.getName()), "dhara.tools.RefusalsTest$" + analysis);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader with = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(with);
      assertThat(run("list"), is("2: dhara: " + said));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private String run(String arguments) {
    return run(arguments.split(" "));
  }

  private String run(String... arguments) {
    PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
    int exit =
        new Dhara(Console.piped(print, print), null, RefusalsTest::job, Tides::line).run(arguments);
    return exit + ": " + err.toString(StandardCharsets.UTF_8).strip();
  }

  private static <O extends DharaOptions> Job job(Analysis<O> analysis, O options) {
    Windowing.of(options.as(Tides.Options.class));
    throw new IllegalStateException("was not refused");
  }

  /** What the service loader finds, named badly. */
  private abstract static class Named implements Analysis<Tides.Options> {

    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public Declaration<Tides.Options> declaration() {
      return Declaration.of(name, Tides.Options.class).summary("nothing");
    }

    @Override
    public void build(Flow flow, Tides.Options options) {
      throw new UnsupportedOperationException("is never built");
    }
  }
}
