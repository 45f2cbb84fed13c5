package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.engine.EngineRun;
import dhara.options.BadOption;
import dhara.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusPortTest {

  @Test
  void nothingIsShownUnlessAskedFor() {
    assertThat(settings(), is(Map.of()));
  }

  @Test
  void anEmbeddedFlinkIsConfiguredForTheRunAlone() throws IOException {
    FlinkPipelineOptions options = options("--metricsPort=9249-9260");
    Path folder;
    try (EngineRun run = new FlinkEngine().prepare(Launches.backfill(options))) {
      folder = Path.of(options.getFlinkConfDir());
      Configuration read = GlobalConfiguration.loadConfiguration(folder.toString());
      assertThat(
          read.toMap().get("metrics.reporter.prometheus.factory.class"),
          is("org.apache.flink.metrics.prometheus.PrometheusReporterFactory"));
      assertThat(read.toMap().get("metrics.reporter.prometheus.port"), is("9249-9260"));
      assertThat(run.vitals(), is(Optional.empty()));
    }
    assertThat(Files.exists(folder), is(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http", "0", "65536", "9260-9249", "9249-", "9249-70000", "-1"})
  void whatIsNoPortIsRefused(String ports) {
    BadOption refused = assertThrows(BadOption.class, () -> settings("--metricsPort=" + ports));
    assertThat(
        refused.getMessage(),
        is(
            "--metricsPort="
                + ports
                + ": is no port and no range of ports, e.g. --metricsPort=9249-9260"));
  }

  @Test
  void aClusterIsToldWhatToWriteIntoItsConfiguration() {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                PrometheusPort.settings(options("--metricsPort=9249"), false, new Configuration()));
    assertThat(refused.getMessage(), startsWith("--metricsPort=9249: is for an embedded Flink"));
    assertThat(refused.getMessage(), containsString("metrics.reporter.prometheus.port: 9249"));
  }

  @Test
  void aConfigurationOfTheUsersOwnThatSaysItTooIsNotReplaced() {
    Configuration user = new Configuration();
    user.setString("metrics.reporter.prometheus.port", "9250");
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> PrometheusPort.settings(options("--metricsPort=9249"), true, user));
    assertThat(
        refused.getMessage(),
        is(
            "--metricsPort=9249: and your configuration of Flink both say it;"
                + " leave out one of them"));
  }

  @Test
  void explainShowsIt() {
    String explained = Command.done(List.of("candles", "--metricsPort=9249", "--explain")).out();
    assertThat(explained.replaceAll(" +", " "), containsString("--metricsPort=9249 you"));
    assertThat(
        Command.done(List.of("candles", "--explain")).out(), containsString("--metricsPort=off"));
  }

  private static Map<String, String> settings(String... arguments) {
    return PrometheusPort.settings(options(arguments), true, new Configuration());
  }

  private static FlinkPipelineOptions options(String... arguments) {
    return PipelineOptionsFactory.fromArgs(arguments).as(FlinkPipelineOptions.class);
  }
}
