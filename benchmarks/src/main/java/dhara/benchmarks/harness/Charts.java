package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Charts as SVG. */
final class Charts {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 340;

  /** Points of a line. */
  record Series(List<Double> x, List<Double> y) {

    static Series empty() {
      return new Series(new ArrayList<>(), new ArrayList<>());
    }

    void add(long atX, double atY) {
      x.add((double) atX);
      y.add(atY);
    }
  }

  private Charts() {}

  /** A bar for each contestant. */
  static void bars(Path file, String title, String y, Map<String, Double> bars) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(y)
            .theme(ChartTheme.Matlab)
            .build();
    chart.getStyler().setXAxisLabelRotation(20);
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setLabelsVisible(true);
    chart.addSeries(title, new ArrayList<>(bars.keySet()), new ArrayList<>(bars.values()));
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }

  /** A line for each contestant, both axes logarithmic. */
  static void lines(Path file, String title, String x, String y, Map<String, Series> lines)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .theme(ChartTheme.Matlab)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    lines.forEach((name, series) -> chart.addSeries(name, series.x(), series.y()));
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }
}
