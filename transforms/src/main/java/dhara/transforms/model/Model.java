package dhara.transforms.model;

import java.util.List;

/**
 * A trained model, loaded: it gives each row of features a probability. The same row gets the same
 * bits, whichever rows are scored together with it. One thread uses it at a time.
 */
public interface Model extends AutoCloseable {

  /** The names of its features, in the order of a row. */
  List<String> features();

  /**
   * Scores rows.
   *
   * @param rows each has a value per feature, NaN if it is missing; only the first {@code count}
   *     are read
   * @param into takes the probabilities, from 0 to 1, of these rows
   * @throws BadModel if the model cannot score one of them
   */
  void score(float[][] rows, int count, double[] into);

  /** Frees its memory; it cannot be used afterwards. */
  @Override
  void close();
}
