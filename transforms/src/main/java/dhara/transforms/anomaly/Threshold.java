package dhara.transforms.anomaly;

/**
 * Values beyond a limit.
 *
 * <p>The strength is 1 at the limit, and 2 at one {@code span} beyond it. Memory: none. The score
 * is the distance from the limit, and the limit is what is expected.
 *
 * @param low values below are anomalies; minus infinity if there is no such limit
 * @param high values above are anomalies; infinity if there is no such limit
 * @param span how far beyond a limit the strength is 2
 * @param scale how bad they are
 */
public record Threshold(double low, double high, double span, Severity.Scale scale)
    implements Detector {

  public Threshold {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "no value is between %s and %s: the lower limit comes first".formatted(low, high));
    }
    if (!(span > 0)) {
      throw new IllegalArgumentException(
          "the span beyond a limit must be above zero, but is "
              + span
              + "; for a limit of zero, name it, e.g. above(0, 10)");
    }
  }

  /** Values above a limit that is not zero; those above twice the limit have strength 2. */
  public static Threshold above(double limit) {
    return above(limit, Math.abs(limit));
  }

  /** Values above a limit; those above by a span have strength 2. */
  public static Threshold above(double limit, double span) {
    return new Threshold(Double.NEGATIVE_INFINITY, limit, span, Severity.Scale.DEFAULT);
  }

  /** Values below a limit; those below by a span have strength 2. */
  public static Threshold below(double limit, double span) {
    return new Threshold(limit, Double.POSITIVE_INFINITY, span, Severity.Scale.DEFAULT);
  }

  /** Values outside of two limits; those that are outside by their distance have strength 2. */
  public static Threshold outside(double low, double high) {
    return new Threshold(low, high, high - low, Severity.Scale.DEFAULT);
  }

  /** With other severities. */
  public Threshold withScale(Severity.Scale newScale) {
    return new Threshold(low, high, span, newScale);
  }

  @Override
  public Judgement next(Memory memory, Sample sample) {
    double above = sample.value() - high;
    double below = low - sample.value();
    return above > below
        ? new Judgement(1 + above / span, above, high)
        : new Judgement(1 + below / span, below, low);
  }
}
