package dhara.parity.nab;

import dhara.parity.nab.NabSeries.Labelled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The scoring of the Numenta Anomaly Benchmark: A. Lavin, S. Ahmad, "Evaluating Real-time Anomaly
 * Detection Algorithms: the Numenta Anomaly Benchmark", ICMLA 2015 (arXiv:1510.03336), section 3,
 * in the version of its program, {@code nab/sweeper.py} of github.com/numenta/NAB.
 *
 * <ul>
 *   <li>A detector gives each sample a score, and detects an anomaly where it is at least a
 *       threshold. One threshold is for all series: the one with the best total.
 *   <li>The first 15 % of a series, and at most 750 samples, do not count.
 *   <li>A detected window gives the points of its best detection: {@code sigmoid(p) / sigmoid(-1)},
 *       where p goes from -1 at the first sample to 0 after the last, and {@code sigmoid(p) = 2 /
 *       (1 + e^5p) - 1}. A missed window costs the weight of a false negative.
 *   <li>A detection outside of windows costs the weight of a false positive, times {@code
 *       sigmoid(p)}, where p is the distance from the window before in its widths; all of the
 *       weight from three widths on, or if there was no window.
 *   <li>Totals are normalised so that a detector that detects nothing has 0, and one that detects
 *       each window at its first sample, and nothing else, has 100.
 * </ul>
 */
public final class NabScoring {

  /** Weights of config/profiles.json. A true positive has weight 1. */
  public enum Profile {
    STANDARD(0.11, 1),
    LOW_FALSE_POSITIVES(0.22, 1),
    LOW_FALSE_NEGATIVES(0.11, 2);

    private final double falsePositive;
    private final double falseNegative;

    Profile(double falsePositive, double falseNegative) {
      this.falsePositive = falsePositive;
      this.falseNegative = falseNegative;
    }
  }

  /**
   * The total of all series.
   *
   * @param threshold from which score on samples are detected
   * @param points not normalised
   * @param normalised 0 for detecting nothing, 100 for perfection
   */
  public record Total(double threshold, double points, double normalised) {}

  /**
   * What the detection of a sample is worth.
   *
   * @param window which one it is in, -1 if in none
   * @param worth from 1, the first in a window, to -1
   */
  private record Worth(int window, double worth) {}

  private record Scored(double score, int series, Worth worth) {}

  private static final double PROBATION = 0.15;
  private static final int PROBATION_OF = 5_000;

  /** Above all scores: nothing is detected. */
  private static final double NOTHING = Double.POSITIVE_INFINITY;

  private final Profile profile;

  public NabScoring(Profile profile) {
    this.profile = profile;
  }

  static double sigmoid(double position) {
    return position >= 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
  }

  /** How many samples at the beginning of so many do not count. */
  static int probation(int samples) {
    return (int) Math.ceil(Math.min(Math.floor(PROBATION * samples), PROBATION * PROBATION_OF));
  }

  private static Worth worth(List<Labelled> windows, int sample) {
    double position = 3;
    for (int window = 0; window < windows.size(); window++) {
      Labelled of = windows.get(window);
      double width = of.last() - of.first() + 1.0;
      if (sample >= of.first() && sample <= of.last()) {
        return new Worth(window, sigmoid(-(of.last() - sample + 1) / width) / sigmoid(-1));
      }
      if (sample > of.last()) {
        position = (sample - of.last()) / (width - 1);
      }
    }
    return new Worth(-1, sigmoid(position));
  }

  /** The points of one series at a threshold. */
  public double points(NabSeries series, List<Double> scores, double threshold) {
    double falsePositives = 0;
    Map<Integer, Double> best = new HashMap<>();
    for (int i = probation(scores.size()); i < scores.size(); i++) {
      Worth worth = worth(series.windows(), i);
      boolean detected = scores.get(i) >= threshold;
      if (worth.window >= 0) {
        double points = detected ? worth.worth : -profile.falseNegative;
        best.merge(worth.window, points, Math::max);
      } else if (detected) {
        falsePositives += worth.worth * profile.falsePositive;
      }
    }
    return falsePositives + best.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The total at a threshold. */
  public Total at(double threshold, List<NabSeries> series, List<List<Double>> scores) {
    double points = 0;
    for (int i = 0; i < series.size(); i++) {
      points += points(series.get(i), scores.get(i), threshold);
    }
    return total(threshold, points, series);
  }

  /** The total at the threshold at which it is best: lowers it from score to score. */
  public Total best(List<NabSeries> series, List<List<Double>> scores) {
    List<Scored> all = new ArrayList<>();
    double[][] best = new double[series.size()][];
    double points = 0;
    for (int i = 0; i < series.size(); i++) {
      List<Labelled> windows = series.get(i).windows();
      best[i] = new double[windows.size()];
      Arrays.fill(best[i], -profile.falseNegative);
      points -= windows.size() * profile.falseNegative;
      for (int sample = probation(scores.get(i).size()); sample < scores.get(i).size(); sample++) {
        all.add(new Scored(scores.get(i).get(sample), i, worth(windows, sample)));
      }
    }
    all.sort(Comparator.comparingDouble(Scored::score).reversed());
    double most = points;
    double threshold = NOTHING;
    for (int i = 0; i < all.size(); i++) {
      Scored one = all.get(i);
      Worth worth = one.worth;
      if (worth.window < 0) {
        points += worth.worth * profile.falsePositive;
      } else if (worth.worth > best[one.series][worth.window]) {
        points += worth.worth - best[one.series][worth.window];
        best[one.series][worth.window] = worth.worth;
      }
      boolean lastOfScore = i + 1 == all.size() || all.get(i + 1).score < one.score;
      if (lastOfScore && points > most) {
        most = points;
        threshold = one.score;
      }
    }
    return total(threshold, most, series);
  }

  private Total total(double threshold, double points, List<NabSeries> series) {
    int windows = series.stream().mapToInt(of -> of.windows().size()).sum();
    double none = -profile.falseNegative * windows;
    return new Total(threshold, points, 100 * (points - none) / (windows - none));
  }
}
