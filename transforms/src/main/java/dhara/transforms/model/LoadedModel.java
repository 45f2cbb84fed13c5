package dhara.transforms.model;

import java.util.List;

/**
 * A model that was read from its file, with what one thread needs to score rows by it.
 *
 * <p>A batch in which the model fails on a row is scored row by row, so that only that row goes
 * without. A row gets the same result in every batch.
 */
final class LoadedModel implements AutoCloseable {

  /** How many rows are scored together at most: a library's cost per call no longer shows. */
  static final int MOST_ROWS = 256;

  private final String sha256;
  private final List<String> features;
  private final Model model;
  private final int[] columns;
  private final float[][] rows;
  private final float[][] one = new float[1][];
  private final double[] probabilities = new double[MOST_ROWS];
  private int count;

  private LoadedModel(String sha256, List<String> features, Model model, int[] columns) {
    this.sha256 = sha256;
    this.features = features;
    this.model = model;
    this.columns = columns;
    this.rows = new float[MOST_ROWS][columns.length];
  }

  /**
   * Reads a model.
   *
   * @param features the names that it may ask for, in the order of the rows for {@link #add}
   * @throws BadModel if it cannot be used
   */
  static LoadedModel load(String uri, String sha256, List<String> features) {
    Model model = ModelFormats.of(uri).read(ModelFiles.read("model", uri, sha256));
    try {
      int[] columns = new int[model.features().size()];
      for (int n = 0; n < columns.length; n++) {
        columns[n] = features.indexOf(model.features().get(n));
        if (columns[n] < 0) {
          throw new BadModel(
              "the model asks for %s, and there are only %s"
                  .formatted(model.features().get(n), features));
        }
      }
      return new LoadedModel(sha256, features, model, columns);
    } catch (BadModel e) {
      model.close();
      throw e;
    }
  }

  Model model() {
    return model;
  }

  /** Whether it is the model with a hash, for rows of these features. */
  boolean is(String hash, List<String> ofFeatures) {
    return sha256.equals(hash) && features.equals(ofFeatures);
  }

  /** Adds a row to the batch, which has a value for each feature that there is. */
  void add(float[] values) {
    float[] row = rows[count++];
    for (int n = 0; n < columns.length; n++) {
      row[n] = values[columns[n]];
    }
  }

  /**
   * Scores the batch, and empties it.
   *
   * @return a probability for each row, NaN where the model failed; valid until the next call
   */
  double[] score() {
    int scored = count;
    count = 0;
    if (!tried(rows, scored, probabilities)) {
      double[] probability = new double[1];
      for (int n = 0; n < scored; n++) {
        one[0] = rows[n];
        probabilities[n] = tried(one, 1, probability) ? probability[0] : Double.NaN;
      }
    }
    for (int n = 0; n < scored; n++) {
      if (!isProbability(probabilities[n])) {
        probabilities[n] = Double.NaN;
      }
    }
    return probabilities;
  }

  private boolean tried(float[][] some, int of, double[] into) {
    try {
      model.score(some, of, into);
      return true;
    } catch (BadModel e) {
      return false; // which rows these are is found row by row, and shown by their decisions
    }
  }

  static boolean isProbability(double score) {
    return score >= 0 && score <= 1; // false for NaN
  }

  @Override
  public void close() {
    model.close();
  }
}
