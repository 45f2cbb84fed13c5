package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.TestData;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.ExecutionCheckpointingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy} by the jar of Flink, which knows Flink's options and what Flink cannot run. */
class FlinkDeployTest {

  private static final List<Class<?>> KNOWN =
      List.of(
          CheckpointingOptions.class,
          ClusterOptions.class,
          CoreOptions.class,
          ExecutionCheckpointingOptions.class,
          HighAvailabilityOptions.class,
          JobManagerOptions.class,
          StateBackendOptions.class,
          TaskManagerOptions.class);

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

  /** Flink ignores a setting that it does not know. */
  @Test
  void itsSettingsAreOnesOfFlink() throws IOException {
    assertThat(deploy("order-metrics").exit(), is(0));
    Map<?, ?> manifest = new Yaml().load(Files.readString(folder.resolve("deployment.yaml")));
    Map<?, ?> settings = (Map<?, ?>) ((Map<?, ?>) manifest.get("spec")).get("flinkConfiguration");
    Set<Object> unknown = new TreeSet<>(settings.keySet());
    for (Class<?> options : KNOWN) {
      for (Field field : options.getFields()) {
        if (field.getType() == ConfigOption.class) {
          unknown.remove(option(field).key());
        }
      }
    }
    assertThat(
        unknown,
        is(
            Set.of(
                "metrics.reporter.prometheus.factory.class", "metrics.reporter.prometheus.port")));
  }

  private static ConfigOption<?> option(Field field) {
    try {
      return (ConfigOption<?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
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
    assertThat(refused.err(), containsString(option + ": is decided by the deployment: " + why));
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
