package dhara.terminal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs in separate processes, most of them on a pseudo terminal that {@code script} opens. */
class TerminalTest {

  private static final File SCRIPT = new File("/usr/bin/script");

  @TempDir private Path folder;

  /** Writes what it finds to a file, because its streams are under test. */
  static final class Asked {

    public static void main(String... file) throws IOException {
      Files.writeString(Path.of(file[0]), Terminal.ofProcess().toString());
    }
  }

  @BeforeAll
  static void pseudoTerminalsAreThere() {
    assumeTrue(SCRIPT.canExecute(), "needs " + SCRIPT);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          "",                       true,  true
          2>err.log,                true,  false
          >out.jsonl,               false, true
          </dev/null,               true,  true
          >out.jsonl 2>err.log,     false, false
          </dev/null 2>err.log,     true,  false
          | cat,                    false, true
          """)
  void eachStreamIsATerminalOrNot(String redirected, boolean out, boolean err)
      throws IOException, InterruptedException {
    assertThat(
        onTerminal("stty cols 132; " + asked() + " " + redirected, Map.of("TERM", "xterm")),
        is(
            out || err
                ? new Terminal(out, err, true, true, 132).toString()
                : Terminal.NONE.toString()));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          TERM=xterm NO_COLOR=1,     true,  false, 132
          TERM=dumb,                 false, false, 132
          TERM=xterm COLUMNS=50,     true,  true,  50
          TERM=xterm COLUMNS=wide,   true,  true,  132
          """)
  void theEnvironmentSaysWhatTheTerminalMay(
      String variables, boolean redraws, boolean coloured, int columns)
      throws IOException, InterruptedException {
    assertThat(
        onTerminal("stty cols 132; " + variables + " " + asked(), Map.of()),
        is(new Terminal(true, true, redraws, coloured, columns).toString()));
  }

  @Test
  void aTerminalThatWasNeverGivenASizeHasEightyColumns() throws IOException, InterruptedException {
    assertThat(
        onTerminal("stty cols 0; " + asked(), Map.of("TERM", "xterm")),
        is(new Terminal(true, true, true, true, 80).toString()));
  }

  private String asked() {
    return "'%s' -XX:TieredStopAtLevel=1 -cp '%s' '%s' found"
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            System.getProperty("java.class.path"),
            Asked.class.getName());
  }

  /** The result of a command that runs on its own terminal. */
  private String onTerminal(String command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder script =
        new ProcessBuilder(SCRIPT.getPath(), "-qec", command, "transcript")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .redirectInput(new File("/dev/null"));
    script.environment().keySet().removeIf(name -> name.matches("TERM|COLUMNS|NO_COLOR"));
    script.environment().putAll(environment);
    int exit = script.start().waitFor();
    assertThat(Files.readString(folder.resolve("said")), exit, is(0));
    return Files.readString(folder.resolve("found"));
  }
}
