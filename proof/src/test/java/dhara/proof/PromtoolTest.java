package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Prometheus accepts the files of {@code monitoring/}, and the alerts pass their own tests. It runs
 * if promtool is on the path; Debian's package {@code prometheus} contains it.
 */
class PromtoolTest {

  private Path promtool;

  @BeforeEach
  void findPromtool() {
    Optional<Path> found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "promtool is not on the path");
    promtool = found.get();
  }

  @Test
  void theAlertsAreRulesOfPrometheus() throws Exception {
    check("check", "rules", "alerts.yml");
  }

  @Test
  void theAlertsDoWhatTheirTestsSay() throws Exception {
    check("test", "rules", "alerts.test.yml");
  }

  @Test
  void theConfigurationIsOneOfPrometheus() throws Exception {
    check("check", "config", "prometheus.yml");
  }

  private void check(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of(promtool.toString()), Stream.of(arguments)).toList();
    Process process =
        new ProcessBuilder(command)
            .directory(Monitoring.FOLDER.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(said, process.waitFor(), is(0));
  }
}
