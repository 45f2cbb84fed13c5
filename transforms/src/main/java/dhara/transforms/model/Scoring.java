package dhara.transforms.model;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How {@link ScoreAnswers} scores values.
 *
 * @param <F> the values that are scored
 * @param <V> the values with what the model says
 */
public interface Scoring<F, V> extends Serializable {

  /** The model in force for a value; null if there is none. */
  @Nullable ModelInForce model(F value);

  /**
   * Writes the row of a value.
   *
   * @param row takes a number for each feature, in their order; NaN if it is missing
   */
  void row(F value, float[] row);

  /**
   * The value with what the model says.
   *
   * @param scored null if no model is in force
   */
  V with(F value, @Nullable Scored scored);
}
