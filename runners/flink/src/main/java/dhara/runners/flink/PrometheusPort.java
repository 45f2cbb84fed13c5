package dhara.runners.flink;

import dhara.options.BadOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;

/**
 * The configuration of an embedded Flink that shows its metrics to Prometheus, and Dhara's with
 * them. Flink reads a configuration from a folder only: this one is made for a run and deleted
 * after it.
 */
final class PrometheusPort implements Closeable {

  private static final String OPTION = "--metricsPort";
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private final Path folder;
  private final Path file;

  private PrometheusPort(Path folder, Path file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Has an embedded Flink show its metrics, if the user wants it to.
   *
   * @param embedded whether Flink runs in this process
   * @throws BadOption where the ports are none, or this Flink is configured elsewhere
   */
  static Closeable of(FlinkPipelineOptions options, boolean embedded) throws IOException {
    String ports = options.as(MetricsOptions.class).getMetricsPort();
    if (ports.equals(MetricsOptions.OFF)) {
      return () -> {};
    }
    check(ports);
    if (!embedded) {
      throw new BadOption(
          OPTION,
          ports,
          "is for an embedded Flink; a cluster says it in its own configuration:"
              + " metrics.reporter.prometheus.factory.class: "
              + PrometheusReporterFactory.class.getName()
              + " and metrics.reporter.prometheus.port: "
              + ports);
    } else if (options.getFlinkConfDir() != null
        || System.getenv(ConfigConstants.ENV_FLINK_CONF_DIR) != null) {
      throw new BadOption(
          OPTION,
          ports,
          "configures Flink, as --flinkConfDir and "
              + ConfigConstants.ENV_FLINK_CONF_DIR
              + " do; put metrics.reporter.prometheus.port: "
              + ports
              + " into that configuration instead");
    }
    Path folder = Files.createTempDirectory("dhara-flink-");
    Path file = folder.resolve(GlobalConfiguration.FLINK_CONF_FILENAME);
    Files.writeString(
        file,
        "metrics.reporter.prometheus.factory.class: %s%nmetrics.reporter.prometheus.port: %s%n"
            .formatted(PrometheusReporterFactory.class.getName(), ports));
    options.setFlinkConfDir(folder.toString());
    return new PrometheusPort(folder, file);
  }

  private static void check(String ports) {
    Matcher matcher = PORTS.matcher(ports);
    if (!matcher.matches()
        || !port(matcher.group(1))
        || (matcher.group(2) != null
            && (!port(matcher.group(2))
                || Integer.parseInt(matcher.group(1)) > Integer.parseInt(matcher.group(2))))) {
      throw new BadOption(
          OPTION, ports, "is no port and no range of ports, e.g. --metricsPort=9249-9260");
    }
  }

  private static boolean port(String number) {
    int port = Integer.parseInt(number);
    return port > 0 && port <= 65_535;
  }

  @Override
  public void close() throws IOException {
    Files.delete(file);
    Files.delete(folder);
  }
}
