package dhara.benchmarks.decisions;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What {@code benchmarks/run decisions} found, in the report. */
@AutoService(Section.class)
public final class DecisionsSection implements Section {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  /** Found by {@link java.util.ServiceLoader}. */
  public DecisionsSection() {}

  @Override
  public int order() {
    return 2;
  }

  @Override
  public String text(Path kept) throws IOException {
    Optional<DecisionsResult> found = DecisionsResult.read(kept);
    return found.isEmpty() ? "" : text(found.get());
  }

  private static String text(DecisionsResult result) {
    Histogram histogram = result.histogram();
    StringBuilder text = new StringBuilder();
    text.append("## decisions\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "How old a payment is when its decision can be read: %,d payments a second of %,d payers,"
                + " through Kafka into `%s`, and its decisions through Kafka again. After %d s of"
                + " warm-up, all payments of %d s: %,d. %s.%n%n| | ms |%n| --- | --: |%n",
            result.rate(),
            result.payers(),
            result.command(),
            result.warmupSeconds(),
            result.measuredSeconds(),
            histogram.getTotalCount(),
            result.date()));
    for (double percentile : PERCENTILES) {
      text.append(
          String.format(
              Locale.ROOT,
              "| p%s | %,d |%n",
              percentile == Math.rint(percentile) ? "%.0f".formatted(percentile) : percentile,
              histogram.getValueAtPercentile(percentile)));
    }
    text.append(String.format(Locale.ROOT, "| most | %,d |%n%n", histogram.getMaxValue()));
    text.append(
        String.format(
            Locale.ROOT,
            "%,d payments have no decision; %,d were decided about again, since an earlier payment of"
                + " their payer came after them (one payment in a hundred comes up to half a second"
                + " late). The last checkpoint has %,d bytes for each payer, with the payments that"
                + " still wait and the ids that were seen. The writer was behind its plan by %d ms at"
                + " most. Processor time over the measured time, in cores: %s. From the planned time of"
                + " a payment to the return of the reader's poll with its first decision; all"
                + " processes share the machine and its clock.%n%n",
            result.seen().missing(),
            result.seen().corrected(),
            result.checkpointBytes() / result.payers(),
            result.seen().mostBehindMillis(),
            result.cpuSeconds().entrySet().stream()
                .map(
                    each ->
                        String.format(
                            Locale.ROOT,
                            "%s %.2f",
                            each.getKey(),
                            each.getValue() / result.measuredSeconds()))
                .collect(Collectors.joining(", "))));
    return text.toString();
  }
}
