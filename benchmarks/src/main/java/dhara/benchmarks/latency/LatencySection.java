package dhara.benchmarks.latency;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.ChartTheme;

/** What {@code benchmarks/run latency} found, in the report. */
@AutoService(Section.class)
public final class LatencySection implements Section {

  private static final double[] PERCENTILES = {50, 95, 99, 99.9, 100};
  private static final int BARS = 40;

  /** Found by {@link java.util.ServiceLoader}. */
  public LatencySection() {}

  @Override
  public int order() {
    return 1;
  }

  @Override
  public String text(Path kept) throws IOException {
    Optional<LatencyResult> found = LatencyResult.read(kept);
    return found.isEmpty() ? "" : text(kept, found.get());
  }

  private static String text(Path kept, LatencyResult result) throws IOException {
    Histogram histogram = result.histogram();
    chart(kept.resolve("latency.svg"), histogram);
    StringBuilder text = new StringBuilder();
    text.append("## latency\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "How old an event is when the first answer with it can be read: %,d events a second of"
                + " %,d keys, through Kafka into `%s`, and its answers through Kafka again. After %d s"
                + " of warm-up, all events of %d s: %,d. %s.%n%n",
            result.rate(),
            result.keys(),
            result.command(),
            result.warmupSeconds(),
            result.measuredSeconds(),
            histogram.getTotalCount(),
            result.date()));
    text.append("| | ms |\n| --- | --: |\n");
    for (double percentile : PERCENTILES) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d |%n",
              percentile == 100 ? "most" : name(percentile),
              percentile == 100
                  ? histogram.getMaxValue()
                  : histogram.getValueAtPercentile(percentile)));
    }
    text.append(String.format("%n![latency](%s/latency.svg)%n%n", kept.getFileName()));
    text.append(kept(result));
    text.append(
        String.format(
            Locale.ROOT,
            "From the event's time, which the plan of the writer sets (an event that it writes late is"
                + " old already), to the return of the reader's poll that brings the first answer with"
                + " it. An answer says how many events it holds, the newest time and the sum of"
                + " times, so that what is new in it has known times: for %.2f %% of events exactly,"
                + " for the others, of which three or more came at once to one key, as a mean. Left"
                + " out: what a reader does with an answer, and networks, for all processes share the"
                + " machine and its clock.%n%n",
            100.0 * result.seen().exact() / histogram.getTotalCount()));
    return text.toString();
  }

  /** Whether the system kept up. */
  private static String kept(LatencyResult result) {
    double first = result.waitingInThird(0);
    double last = result.waitingInThird(2);
    Load.Written written = result.written();
    return String.format(
        Locale.ROOT,
        "%s: %,.0f events a second came into answers; %,.0f events waited on average in the first"
            + " third of the measured time, %,.0f in the last. Of %,d events written, of which the"
            + " broker took %,d, answers hold %,d. The writer was behind its plan by %d ms at most."
            + " Processor time over the measured time, in cores: %s.%n%n",
        result.keepsUp() ? "It keeps up" : "**It does not keep up**",
        result.coveredPerSecond(),
        first,
        last,
        written.sent(),
        written.acknowledged(),
        result.seen().events(),
        written.mostBehindMillis(),
        result.cpuSeconds().entrySet().stream()
            .map(
                each ->
                    String.format(
                        Locale.ROOT,
                        "%s %.2f",
                        each.getKey(),
                        each.getValue() / result.measuredSeconds()))
            .collect(Collectors.joining(", ")));
  }

  static String name(double percentile) {
    return "p" + (percentile == Math.rint(percentile) ? "%.0f" : "%.1f").formatted(percentile);
  }

  /** The share of events by age, up to the 99.9th percentile. */
  private static void chart(Path file, Histogram histogram) throws IOException {
    long width = Math.max(1, (histogram.getValueAtPercentile(99.9) + BARS - 1) / BARS);
    width = width <= 10 ? width : (width + 9) / 10 * 10;
    List<Long> ages = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    for (int bar = 0; bar < BARS; bar++) {
      long from = bar * width;
      ages.add(from);
      shares.add(
          100.0
              * histogram.getCountBetweenValues(from, from + width - 1)
              / histogram.getTotalCount());
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(760)
            .height(340)
            .title("age of events when first answered")
            .xAxisTitle("ms, bars of " + width)
            .yAxisTitle("% of events")
            .theme(ChartTheme.Matlab)
            .build();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisMaxLabelCount(10);
    chart.addSeries("events", ages, shares);
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }

  /** Percentiles on one line, for the screen. */
  static String line(Histogram histogram) {
    Map<Double, String> names = new java.util.LinkedHashMap<>();
    for (double percentile : PERCENTILES) {
      names.put(percentile, percentile == 100 ? "most" : name(percentile));
    }
    return names.entrySet().stream()
        .map(each -> each.getValue() + " " + histogram.getValueAtPercentile(each.getKey()) + " ms")
        .collect(Collectors.joining(", "));
  }
}
