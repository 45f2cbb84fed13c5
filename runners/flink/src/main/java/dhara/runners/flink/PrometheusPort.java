package dhara.runners.flink;

import dhara.options.BadOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;

/** The settings with which an embedded Flink exports its metrics, and Dhara's, to Prometheus. */
final class PrometheusPort {

  private static final String OPTION = "--metricsPort";
  private static final String FACTORY = "metrics.reporter.prometheus.factory.class";
  private static final String PORT = "metrics.reporter.prometheus.port";
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private PrometheusPort() {}

  /**
   * The settings for the metrics reporter, if the user wants one.
   *
   * @param embedded whether Flink runs in this process
   * @param user the user's own configuration of Flink
   * @throws BadOption if the ports are invalid, or this Flink is configured elsewhere
   */
  static Map<String, String> settings(
      FlinkPipelineOptions options, boolean embedded, Configuration user) {
    String ports = options.as(MetricsOptions.class).getMetricsPort();
    if (ports.equals(MetricsOptions.OFF)) {
      return Map.of();
    }
    check(ports);
    if (!embedded) {
      throw new BadOption(
          OPTION,
          ports,
          "is for an embedded Flink; a cluster says it in its own configuration: "
              + FACTORY
              + ": "
              + PrometheusReporterFactory.class.getName()
              + " and "
              + PORT
              + ": "
              + ports);
    } else if (user.containsKey(PORT) || user.containsKey(FACTORY)) {
      throw new BadOption(
          OPTION, ports, "and your configuration of Flink both say it; leave out one of them");
    }
    return Map.of(FACTORY, PrometheusReporterFactory.class.getName(), PORT, ports);
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
}
