package dhara.tools.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether scores are probabilities: among examples with a score of 0.3, three of ten should be
 * positive.
 *
 * @param brier the mean square of the difference between the score and the label: 0 is best
 * @param tenths by score, from [0, 0.1) to [0.9, 1]
 */
record Reliability(double brier, List<Tenth> tenths) {

  private static final int TENTHS = 10;

  Reliability {
    tenths = List.copyOf(tenths);
  }

  /**
   * The examples with scores in a tenth.
   *
   * @param rows how many
   * @param meanScore of them; NaN if there are none
   * @param positives how many of them are positive
   */
  record Tenth(long rows, double meanScore, long positives) {

    /** The share of positive ones; NaN if there are none. */
    double share() {
      return (double) positives / rows;
    }
  }

  /** Computes it from scores between 0 and 1. */
  static Reliability of(double[] scores, boolean[] labels) {
    long[] rows = new long[TENTHS];
    double[] sums = new double[TENTHS];
    long[] positives = new long[TENTHS];
    double squares = 0;
    for (int n = 0; n < scores.length; n++) {
      int tenth = Math.min(TENTHS - 1, (int) (scores[n] * TENTHS));
      rows[tenth]++;
      sums[tenth] += scores[n];
      positives[tenth] += labels[n] ? 1 : 0;
      double difference = scores[n] - (labels[n] ? 1 : 0);
      squares += difference * difference;
    }
    List<Tenth> tenths = new ArrayList<>();
    for (int n = 0; n < TENTHS; n++) {
      tenths.add(new Tenth(rows[n], sums[n] / rows[n], positives[n]));
    }
    return new Reliability(squares / scores.length, tenths);
  }
}
