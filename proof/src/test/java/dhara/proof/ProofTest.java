package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dhara.pipelines.Analysis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProofTest {

  @Test
  void anUnknownNameIsRefusedBeforeAnythingStarts() throws Exception {
    String known = Analysis.all().keySet().iterator().next();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dhara.proof.Proof",
                known,
                "order-metric")
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said, process.waitFor(), is(2));
    assertThat(
        said, startsWith("order-metric is no analysis; there are " + Analysis.all().keySet()));
  }
}
