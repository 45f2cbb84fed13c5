package dhara.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.engine.Job;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import dhara.tools.replay.Tides;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.direct.DirectOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionSourcesTest {

  @TempDir private Path folder;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path file;
  private Tides.Options seen;

  /** Ends a run when its job would be created. */
  private static final class Seen extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void writesAFile() throws IOException {
    file = folder.resolve("tides.options");
    Files.writeString(
        file,
        """
        # of the harbour
        harbour = Kochi

        window=PT5M
        --lateness=PT1H
        events=/data/a.jsonl
        targetParallelism=2
        """);
  }

  @Test
  void theCommandLineBeatsTheFileAndTheFileTheEnvironment() {
    run(
        Map.of(
            "DHARA_WINDOW", "PT7M",
            "DHARA_LATENESS", "PT7M",
            "DHARA_MAX_EVENT_BYTES", "77",
            "DHARA_ENFORCE_IMMUTABILITY", "false",
            "DHARA_TRUST", ""),
        "--options=" + file,
        "--window=PT6M");

    assertThat(seen.getHarbour(), is("Kochi"));
    assertThat(seen.getWindow(), is(Duration.ofMinutes(6)));
    assertThat(seen.getLateness(), is(Duration.ofHours(1)));
    assertThat(seen.getMaxEventBytes(), is(77));
    assertThat(seen.getTrust(), is(0.5));
    assertThat(seen.as(DirectOptions.class).getTargetParallelism(), is(2));
    assertThat(seen.as(DirectOptions.class).isEnforceImmutability(), is(false));
  }

  @Test
  void anOptionThatMayBeRepeatedComesWholeFromOnePlace() {
    run(Map.of("DHARA_EVENTS", "/data/x.jsonl more=/data/y.jsonl"), "--harbour=Kochi");
    assertThat(seen.getEvents(), is(List.of("/data/x.jsonl", "more=/data/y.jsonl")));

    run(Map.of("DHARA_EVENTS", "/data/x.jsonl"), "--options=" + file);
    assertThat(seen.getEvents(), is(List.of("/data/a.jsonl")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          window=1m     | --window=1m: is no ISO-8601 duration, e.g. --window=PT1M
          windw=PT1M    | --windw: is no option of tides. Did you mean --window? 'dhara help tides' shows them all.
          unique        | --unique has no value; write unique=VALUE
          """)
  void whatAFileSaysWronglyIsToldWithItsLine(String line, String said) throws IOException {
    Files.writeString(file, "harbour=Kochi\n" + line + "\n");

    assertThat(run(Map.of(), "--options=" + file), is("2: dhara: " + file + ", line 2: " + said));
  }

  @Test
  void whatTheEnvironmentSaysWronglyIsToldWithItsVariable() {
    assertThat(
        run(Map.of("DHARA_WINDOW", "1m"), "--harbour=Kochi"),
        is("2: dhara: DHARA_WINDOW: --window=1m: is no ISO-8601 duration, e.g. --window=PT1M"));
  }

  @Test
  void aFileThatCannotBeReadIsRefused() {
    assertThat(
        run(Map.of(), "--options=" + folder),
        is("2: dhara: --options=" + folder + ": is not a readable text file"));
  }

  private String run(Map<String, String> variables, String... arguments) {
    seen = null;
    err.reset();
    PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
    String[] all = new String[arguments.length + 1];
    all[0] = "tides";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int exit =
        new Dhara(Console.piped(print, print), null, this::job, Tides::line).in(variables).run(all);
    return exit + ": " + err.toString(StandardCharsets.UTF_8).strip();
  }

  private <O extends DharaOptions> Job job(Analysis<O> analysis, O options) {
    seen = options.as(Tides.Options.class);
    throw new Seen();
  }
}
