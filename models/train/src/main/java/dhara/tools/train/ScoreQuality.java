package dhara.tools.train;

import dhara.statistics.RankedScores;

/**
 * How good scores are on examples.
 *
 * @param of what gave them: {@code rules}, {@code model}, {@code rules and model}
 * @param rocAuc area under the ROC curve
 * @param averagePrecision area under the curve of precision and recall
 * @param cards card precision
 * @param reliability calibration
 */
record ScoreQuality(
    String of,
    double rocAuc,
    double averagePrecision,
    CardPrecision cards,
    Reliability reliability) {

  /**
   * Judges scores.
   *
   * @param cards how many cards are looked into on a day
   */
  static ScoreQuality of(String of, Examples examples, double[] scores, int cards) {
    return new ScoreQuality(
        of,
        RankedScores.rocAuc(scores, examples.labels()),
        RankedScores.averagePrecision(scores, examples.labels()),
        CardPrecision.of(examples, scores, cards),
        Reliability.of(scores, examples.labels()));
  }
}
