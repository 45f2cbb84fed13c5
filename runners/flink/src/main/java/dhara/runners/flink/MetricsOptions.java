package dhara.runners.flink;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where an embedded Flink exports its metrics. */
public interface MetricsOptions extends PipelineOptions {

  /** The value that turns the export off. */
  String OFF = "off";

  /** A port, a range of ports, or {@link #OFF}. */
  @Description(
      "Port on which Prometheus reads the metrics of an embedded Flink, or a range, of which the "
          + "first free port is used; off: none, e.g. --metricsPort=9249-9260")
  @Default.String(OFF)
  String getMetricsPort();

  /** Says which. */
  void setMetricsPort(String ports);
}
