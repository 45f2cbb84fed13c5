package dhara.benchmarks.harness;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The least, the middle and the most of some figures. */
record Spread(double least, double middle, double most) {

  /** Of at least one figure. */
  static Spread of(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    int n = sorted.length;
    double middle = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    return new Spread(sorted[0], middle, sorted[n - 1]);
  }

  /** {@code 1.05 (0.98–1.11)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", middle, least, most);
  }
}
