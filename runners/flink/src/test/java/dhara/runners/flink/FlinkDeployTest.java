package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code deploy} by the jar of Flink, which knows Flink's options and what Flink cannot run. */
class FlinkDeployTest {

  @TempDir private Path folder;

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void flinkCanRunEveryAnalysis(String name) {
    Command deployed = deploy(name);
    assertThat(deployed.err(), deployed.exit(), is(0));
  }

  @Test
  void optionsOfFlinkReachTheJob() throws IOException {
    Command deployed = deploy("order-metrics", "--maxParallelism=512", "--workers=16");
    assertThat(deployed.err(), deployed.exit(), is(0));
    String manifest = Files.readString(folder.resolve("deployment.yaml"));
    assertThat(manifest, containsString("- \"--maxParallelism=512\"\n"));
    assertThat(manifest, containsString("    parallelism: 16\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --checkpoints=s3://b/c | --storage says where checkpoints are kept
          --resume=auto | the operator resumes the job
          --flinkMaster=[local] | the JobManager starts the command itself
          --stateBackend=filesystem | state is kept in RocksDB
          --parallelism=4 | --workers says it
          --metricsPort=9249 | metrics are on port 9249 of every pod
          """)
  void whatTheDeploymentDecidesIsRefused(String option, String why) {
    Command refused = deploy("order-metrics", option);
    assertThat(refused.exit(), is(2));
    assertThat(
        refused.err(), containsString(option + ": is decided by the deployment: " + why));
  }

  private Command deploy(String name, String... more) {
    List<String> words = new ArrayList<>(List.of("deploy", name));
    words.add("--target=flink-operator");
    words.add("--image=dhara-flink:1");
    words.add("--storage=s3://bucket/dhara");
    words.add("--out=" + folder);
    Analysis.all()
        .get(name)
        .inputs()
        .forEach(in -> words.add("--events=" + in.name() + "=kafka://b:9092/" + in.name()));
    words.add("--answers=kafka://b:9092/answers");
    words.addAll(List.of(more));
    return Command.run(words);
  }
}
