package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code deploy} by the jar of Spark, which knows Spark's options and what Spark cannot run. */
class SparkDeployTest {

  @TempDir private Path folder;

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void sparkCanRunEveryAnalysis(String name) {
    Command deployed = deploy(name);
    assertThat(deployed.err(), deployed.exit(), is(0));
  }

  @Test
  void whatTheDeploymentDecidesIsRefused() {
    Command refused = deploy("order-metrics", "--sparkMaster=local[2]");
    assertThat(refused.exit(), is(2));
    assertThat(
        refused.err(),
        containsString(
            "--sparkMaster=local[2]: is decided by the deployment: --workers says how many cores"
                + " Spark uses"));
  }

  private Command deploy(String name, String... more) {
    List<String> words = new ArrayList<>(List.of("deploy", name));
    words.add("--target=spark");
    words.add("--image=dhara-spark:1");
    words.add("--out=" + folder);
    Analysis.all()
        .get(name)
        .inputs()
        .forEach(
            in ->
                words.add(
                    "--events=" + in.name() + "=kafka://b:9092/" + in.name() + "?end=latest"));
    words.add("--answers=kafka://b:9092/answers");
    words.addAll(List.of(more));
    return Command.run(words);
  }
}
