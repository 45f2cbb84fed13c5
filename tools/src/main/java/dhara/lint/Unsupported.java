package dhara.lint;

/**
 * A feature that an engine cannot run.
 *
 * @param feature what it cannot run
 * @param inBackfills whether it cannot where every input ends
 * @param inStreams whether it cannot where one does not
 * @param reason what becomes of such a pipeline, as the end of a sentence
 */
public record Unsupported(Feature feature, boolean inBackfills, boolean inStreams, String reason) {

  /** Not where every input ends. */
  public static Unsupported inBackfills(Feature feature, String reason) {
    return new Unsupported(feature, true, false, reason);
  }

  /** Not where an input has no end. */
  public static Unsupported inStreams(Feature feature, String reason) {
    return new Unsupported(feature, false, true, reason);
  }

  /** Never. */
  public static Unsupported anywhere(Feature feature, String reason) {
    return new Unsupported(feature, true, true, reason);
  }

  boolean applies(boolean bounded) {
    return bounded ? inBackfills : inStreams;
  }
}
