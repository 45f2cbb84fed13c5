package dhara.tools.help;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lets bash complete words with what the command prints. */
class CompletionTest {

  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path folder;

  @BeforeEach
  void printsTheCompletion() throws IOException {
    assumeTrue(Files.isExecutable(BASH), "needs " + BASH);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Dhara.on(Console.piped(print, System.err)).run("completion");
    Files.write(folder.resolve("completion"), out.toByteArray());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          rec                    | reconcile recommendation-effectiveness recommendations
          reconc                 | reconcile
          ti                     | tides
          tides --har            | --harbour
          tides --targetPar      | ""
          tides --turn F         | FLOOD
          generate ti            | tides
          generate tides --dupl  | --duplicates
          """)
  void wordsAreCompleted(String typed, String completed) throws IOException, InterruptedException {
    Process bash =
        new ProcessBuilder(
                BASH.toString(),
                "-c",
                """
                compopt() { :; }
                source completion
                COMP_WORDS=(dhara %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _complete_dhara
                echo "${COMPREPLY[*]}"
                """
                    .formatted(typed))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said.strip(), is(completed));
    assertThat(bash.waitFor(), is(0));
  }
}
