package dhara.statistics;

import java.util.Arrays;

/**
 * How well scores rank the positive ones of some examples before the others. Equal scores are one
 * step of the ranking, so the order of the examples never matters.
 */
public final class RankedScores {

  private RankedScores() {}

  /**
   * The average precision: the mean, over the positive examples, of the share of positive ones
   * among the examples with at least their score. It is the area under the curve of precision and
   * recall, without interpolation. A random order has the share of positive examples.
   *
   * @return from 0 to 1; NaN if no example is positive
   * @throws IllegalArgumentException if a score is NaN, or there is not a label for each score
   */
  public static double averagePrecision(double[] scores, boolean[] labels) {
    long[] ranked = ranked(scores, labels);
    double sum = 0;
    long positives = 0;
    long examples = 0;
    for (int step = 0; step < ranked.length; step += 2) {
      positives += ranked[step];
      examples += ranked[step] + ranked[step + 1];
      sum += (double) ranked[step] * positives / examples;
    }
    return sum / positives;
  }

  /**
   * The area under the ROC curve: how likely a positive example has a greater score than one that
   * is not, where an equal score counts as half.
   *
   * @return from 0 to 1, 0.5 for a random order; NaN unless there are examples of both kinds
   * @throws IllegalArgumentException if a score is NaN, or there is not a label for each score
   */
  public static double rocAuc(double[] scores, boolean[] labels) {
    long[] ranked = ranked(scores, labels);
    long twiceAbove = 0;
    long positives = 0;
    long negatives = 0;
    for (int step = 0; step < ranked.length; step += 2) {
      twiceAbove += ranked[step + 1] * (2 * positives + ranked[step]);
      positives += ranked[step];
      negatives += ranked[step + 1];
    }
    return twiceAbove / (2.0 * positives * negatives);
  }

  /** For each score, from the greatest on: how many positive examples have it, how many others. */
  private static long[] ranked(double[] scores, boolean[] labels) {
    if (scores.length != labels.length) {
      throw new IllegalArgumentException(
          "there are %d scores, but %d labels".formatted(scores.length, labels.length));
    }
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, n -> n);
    // Adding zero makes -0.0 equal to 0.0.
    Arrays.sort(order, (one, other) -> Double.compare(scores[other] + 0.0, scores[one] + 0.0));
    long[] ranked = new long[2 * scores.length];
    int step = -2;
    for (int n = 0; n < order.length; n++) {
      double score = scores[order[n]];
      if (Double.isNaN(score)) {
        throw new IllegalArgumentException("a score is not a number");
      }
      if (n == 0 || score != scores[order[n - 1]]) {
        step += 2;
      }
      ranked[labels[order[n]] ? step : step + 1]++;
    }
    return Arrays.copyOf(ranked, step + 2);
  }
}
