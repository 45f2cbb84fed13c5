package dhara.lint;

/**
 * A feature that an engine cannot run.
 *
 * @param feature what it cannot run
 * @param inBackfills whether it cannot if every input ends
 * @param inStreams whether it cannot if an input does not end
 * @param reason what happens to such a pipeline, as the end of a sentence
 */
public record Unsupported(Feature feature, boolean inBackfills, boolean inStreams, String reason) {

  /** Unsupported if every input ends. */
  public static Unsupported inBackfills(Feature feature, String reason) {
    return new Unsupported(feature, true, false, reason);
  }

  /** Unsupported if an input has no end. */
  public static Unsupported inStreams(Feature feature, String reason) {
    return new Unsupported(feature, false, true, reason);
  }

  /** Always unsupported. */
  public static Unsupported anywhere(Feature feature, String reason) {
    return new Unsupported(feature, true, true, reason);
  }

  boolean applies(boolean bounded) {
    return bounded ? inBackfills : inStreams;
  }
}
