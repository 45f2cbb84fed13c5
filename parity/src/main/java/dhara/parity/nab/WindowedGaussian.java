package dhara.parity.nab;

import dhara.transforms.anomaly.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The baseline to beat: NAB's windowed Gaussian detector ({@code windowedGaussian_detector.py}),
 * written by its description. It scores a sample by how far it is from the mean of the last 6,400,
 * in standard deviations; once they are that many, the window moves by 100 samples at a time.
 *
 * <p>NAB's detector gives {@code 1 - Q(z)}, the share of a normal distribution that is nearer, with
 * twelve digits. That rises with z, so a threshold on either detects the same samples; its
 * published threshold 1 is {@link #PUBLISHED_THRESHOLD} here.
 */
final class WindowedGaussian {

  /** From here on, 1 - Q(z) rounds to 1 at twelve digits: Q(z) is below 5e-13. */
  static final double PUBLISHED_THRESHOLD = 7.1305099;

  private static final int WINDOW = 6_400;
  private static final int STEP = 100;

  private WindowedGaussian() {}

  static List<Double> scores(List<Sample> samples) {
    List<Double> scores = new ArrayList<>();
    Deque<Double> window = new ArrayDeque<>();
    Deque<Double> step = new ArrayDeque<>();
    double mean = 0;
    double deviation = 1;
    for (Sample sample : samples) {
      scores.add(window.isEmpty() ? 0 : Math.abs(sample.value() - mean) / deviation);
      if (window.size() < WINDOW) {
        window.add(sample.value());
      } else {
        step.add(sample.value());
        if (step.size() < STEP) {
          continue;
        }
        while (!step.isEmpty()) {
          window.remove();
          window.add(step.remove());
        }
      }
      double average = window.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
      double variance =
          window.stream()
              .mapToDouble(value -> (value - average) * (value - average))
              .average()
              .orElseThrow();
      mean = average;
      deviation = variance == 0 ? 1e-6 : Math.sqrt(variance);
    }
    return scores;
  }
}
