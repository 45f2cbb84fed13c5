package dhara.metrics;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A step of the graph that shows metrics, on an engine that has Beam's metrics off.
 *
 * <p>On Flink they are off in streams, because there they cost each element at each step. A metered
 * step gets a few elements a bundle, counts that other steps have made, and so can afford them:
 *
 * <pre>{@code
 * @Setup
 * public void setup(PipelineOptions options) {
 *   MeteredStep.meter(options);
 * }
 * }</pre>
 *
 * <p>Flink's runner gives each step options of its own, hands them to the step's setup, and asks
 * them afterwards whether the step has metrics. These then are Flink's: any of its reporters shows
 * them, from any class loader, with the labels of their operator, for as long as it runs. A
 * function of Beam reaches them by no other way; a registry of our own would need a server of its
 * own in every worker, which outlives neither the job nor its class loader. Other engines do not
 * know the option.
 */
public final class MeteredStep {

  /** The namespace of Dhara's metrics. */
  public static final String NAMESPACE = "dhara";

  private MeteredStep() {}

  /** The option of Flink's runner, by its name: this module knows no runner. */
  public interface Option extends PipelineOptions {

    /** Whether steps have no metrics. */
    @Default.Boolean(false)
    Boolean getDisableMetrics();

    /** Says whether. */
    void setDisableMetrics(Boolean disabled);
  }

  /**
   * Turns the metrics of a step on.
   *
   * @param options as the step's {@code @Setup} got them
   */
  public static void meter(PipelineOptions options) {
    options.as(Option.class).setDisableMetrics(false);
  }

  /** A gauge of Dhara. */
  public static Gauge gauge(String name) {
    return Metrics.gauge(NAMESPACE, name);
  }

  /** A counter of Dhara. */
  public static Counter counter(String name) {
    return Metrics.counter(NAMESPACE, name);
  }
}
