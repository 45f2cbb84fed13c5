package dhara.tools.run;

import dhara.engine.Vitals;
import dhara.ledger.Ledger;
import dhara.metrics.MeteredStep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/**
 * What the metrics of Beam tell about a running stream: the counts, for an engine that says nothing
 * itself.
 */
final class StreamCounts {

  private static final String GAUGE = "ledger.";
  private static final String STEP = ".Ledger/";

  private static final MetricsFilter METRICS =
      MetricsFilter.builder()
          .addNameFilter(MetricNameFilter.inNamespace(MeteredStep.NAMESPACE))
          .build();

  private StreamCounts() {}

  /** The state of the stream with this result. */
  static Vitals of(PipelineResult result) {
    MetricQueryResults metrics = result.metrics().queryMetrics(METRICS);
    List<Ledger> ledgers = ledgers(metrics.getGauges());
    Map<String, Long> counters = new TreeMap<>();
    for (MetricResult<Long> counter : metrics.getCounters()) {
      counters.merge(counter.getName().getName(), counter.getAttempted(), Long::sum);
    }
    return new Vitals(
        ledgers,
        counters.getOrDefault("read", 0L),
        counters.getOrDefault("dead-lettered", 0L),
        counters.getOrDefault("late", 0L),
        OptionalLong.empty(),
        Optional.empty(),
        counters.getOrDefault("answers", 0L),
        Optional.empty(),
        true);
  }

  /** The ledgers, from gauges of the steps {@code INPUT.Ledger/Show}. */
  private static List<Ledger> ledgers(Iterable<MetricResult<GaugeResult>> gauges) {
    Map<String, Map<String, Long>> inputs = new TreeMap<>();
    for (MetricResult<GaugeResult> gauge : gauges) {
      String name = gauge.getName().getName();
      int input = gauge.getKey().stepName().indexOf(STEP);
      if (name.startsWith(GAUGE) && input > 0) {
        inputs
            .computeIfAbsent(gauge.getKey().stepName().substring(0, input), each -> new TreeMap<>())
            .put(name.substring(GAUGE.length()), gauge.getAttempted().getValue());
      }
    }
    return Vitals.ledgers(inputs);
  }
}
