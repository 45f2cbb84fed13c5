package dhara.metrics;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A step that has metrics although Beam's metrics are off for the pipeline.
 *
 * <p>On Flink they are off in streams, because they cost something for each element at each step. A
 * metered step receives only a few elements per bundle, with counts from other steps, so it can
 * afford them:
 *
 * <pre>{@code
 * @Setup
 * public void setup(PipelineOptions options) {
 *   MeteredStep.meter(options);
 * }
 * }</pre>
 *
 * <p>Flink's runner deserializes the options for each step, passes them to the step's setup, and
 * reads afterwards from them whether the step has metrics. These metrics are Flink's: every
 * reporter exports them, from any class loader, with the labels of their operator, as long as it
 * runs. A Beam function has no other access to them. A registry of our own would need a server in
 * every worker that must not outlive the job or its class loader. Other engines ignore the option.
 */
public final class MeteredStep {

  /** The namespace of Dhara's metrics. */
  public static final String NAMESPACE = "dhara";

  private MeteredStep() {}

  /**
   * The option of Flink's runner, declared again by name, because this module does not depend on a
   * runner.
   */
  public interface Option extends PipelineOptions {

    /** Whether steps have no metrics. */
    @Default.Boolean(false)
    Boolean getDisableMetrics();

    /** Sets whether steps have no metrics. */
    void setDisableMetrics(Boolean disabled);
  }

  /**
   * Turns the metrics of a step on.
   *
   * @param options the options that the step's {@code @Setup} received
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
