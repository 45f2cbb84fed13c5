package dhara.benchmarks.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassPathTest {

  private static final Path SCRIPT = Path.of("../bin/dhara");

  /** So that a figure is what a user sees. */
  @ParameterizedTest
  @EnumSource(names = ".*_COMMAND", mode = EnumSource.Mode.MATCH_ALL)
  void aCommandIsMeasuredWithTheFlagsThatTheScriptGivesIt(ClassPath command) throws IOException {
    String script = Files.readString(SCRIPT);
    List<String> tuned =
        command.flags().stream().filter(flag -> !flag.startsWith("--add-opens")).toList();

    assertThat(tuned, is(not(empty())));
    tuned.forEach(flag -> assertThat(script, containsString(flag)));
  }
}
