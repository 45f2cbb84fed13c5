package dhara.transforms.anomaly;

import dhara.statistics.Digits;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An anomaly of a series at a moment. What is computed has six significant digits, which do not
 * depend on how a mean is added up.
 *
 * @param severity how bad it is
 * @param score how far from normal, in the unit of the detector: the distance from a threshold, a
 *     z-score, seconds; of a pattern, how many events it has
 * @param value the value that was judged; of silence, the last one
 * @param expected the value that would have been normal, if there is one
 */
public record Anomaly(Severity severity, double score, double value, @Nullable Double expected) {

  public Anomaly {
    score = Digits.six(score);
    expected = expected == null ? null : (Double) Digits.six(expected);
  }

  static Anomaly of(Severity.Scale scale, Judgement judgement, double value) {
    return new Anomaly(
        scale.of(judgement.strength()), judgement.score(), value, judgement.expected());
  }
}
