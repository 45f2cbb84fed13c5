package dhara.benchmarks.decisions;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
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
    StringBuilder text = new StringBuilder();
    for (DecidedAnalysis analysis : DecidedAnalysis.values()) {
      DecisionsResult.read(kept, analysis).ifPresent(result -> text.append(text(analysis, result)));
    }
    return text.isEmpty() ? "" : "## decisions\n\n" + text;
  }

  private static String text(DecidedAnalysis analysis, DecisionsResult result) {
    Histogram histogram = result.histogram();
    StringBuilder text = new StringBuilder();
    text.append("### ").append(analysis.work()).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "How old a %s is when its decision can be read: %,d %s a second of %,d %s,"
                + " through Kafka into `%s`, and its decisions through Kafka again. After %d s of"
                + " warm-up, all of %d s: %,d. %s.%n%n| | ms |%n| --- | --: |%n",
            analysis.one(),
            result.rate(),
            analysis.input(),
            result.payers(),
            analysis.people(),
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
            "%,d %s have no decision; %,d were decided about again, since an earlier one that"
                + " matters for them%s came after them (one in a hundred comes up to half a second"
                + " late, and partitions are read side by side). The last checkpoint has %,d bytes"
                + " for each of the %s, with the %s that still wait and the ids that were seen. The"
                + " writer was behind its plan by %d ms at most. Processor time over the measured"
                + " time, in cores: %s. From the planned time of a %s to the return of the reader's"
                + " poll with its first decision; all processes share the machine and its clock.%n%n",
            result.seen().missing(),
            analysis.input(),
            result.seen().corrected(),
            result.seen().afterSwap() == null ? "" : ", or the release of a model,",
            result.checkpointBytes() / result.payers(),
            analysis.people(),
            analysis.input(),
            result.seen().mostBehindMillis(),
            result.cpuSeconds().entrySet().stream()
                .map(
                    each ->
                        String.format(
                            Locale.ROOT,
                            "%s %.2f",
                            each.getKey(),
                            each.getValue() / result.measuredSeconds()))
                .collect(Collectors.joining(", ")),
            analysis.one()));
    DecidingVersions.Counts versions = result.seen().versions();
    if (versions != null) {
      text.append(
          "Each decision is by the version of the model that was in force at the time of its "
              + analysis.one()
              + "; a run with another one fails.");
      result
          .afterSwap()
          .ifPresent(
              ages ->
                  text.append(
                      String.format(
                          Locale.ROOT,
                          " In the middle of the measured time another version was released: %,d"
                              + " %s before it are decided by the earlier version, %,d since it"
                              + " by the earlier one at first and then by the new one, and %,d by"
                              + " the new one at once. Of the %s of the %d s since the release, half"
                              + " have a decision within %,d ms, and 99 %% within %,d ms.",
                          versions.before(),
                          analysis.input(),
                          versions.replaced(),
                          versions.after(),
                          analysis.input(),
                          Peer.AFTER_SWAP,
                          ages.getValueAtPercentile(50),
                          ages.getValueAtPercentile(99))));
      text.append("\n\n");
    }
    return text.toString();
  }
}
