package dhara.transforms.model;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the model in force says.
 *
 * @param version its version
 * @param probability from 0 to 1; NaN if there is a fallback
 * @param fallback why it says nothing; null if it does
 */
public record Scored(String version, double probability, @Nullable Fallback fallback) {

  /** Why a model says nothing about a row. */
  public enum Fallback {
    /** It failed on this row, as it will each time. */
    FAILED,
    /** It took longer than a provisional answer waits; a revision with its score follows. */
    SLOW
  }
}
