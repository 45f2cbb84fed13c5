package dhara.transforms.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.formats.text.CsvLine;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows that a model was not trained on, whose outcome is known: a CSV file with a header of the
 * features' names and {@code label}, in any order, and a row each. A label is 1 or 0; a feature is
 * a number, or empty if it is missing.
 */
public final class HeldSet {

  private static final String LABEL = "label";

  private final List<String> names;
  private final float[][] rows;
  private final boolean[] labels;

  private HeldSet(List<String> names, float[][] rows, boolean[] labels) {
    this.names = names;
    this.rows = rows;
    this.labels = labels;
  }

  /**
   * Reads a held set.
   *
   * @throws BadModel if it is none, or has no row with label 1
   */
  public static HeldSet parse(byte[] csv) {
    List<String> lines = new String(csv, UTF_8).lines().toList();
    List<String> names = lines.isEmpty() ? List.of() : cells(lines.get(0), 1);
    if (!names.contains(LABEL)) {
      throw new BadModel("the held set has no column label");
    }
    float[][] rows = new float[lines.size() - 1][];
    boolean[] labels = new boolean[rows.length];
    boolean positive = false;
    for (int n = 0; n < rows.length; n++) {
      rows[n] = row(lines.get(n + 1), n + 2, names.size());
      float label = rows[n][names.indexOf(LABEL)];
      if (label != 0 && label != 1) {
        throw new BadModel("line %d of the held set has a label but 0 and 1".formatted(n + 2));
      }
      labels[n] = label == 1;
      positive |= labels[n];
    }
    if (!positive) {
      throw new BadModel("the held set has no row with the label 1");
    }
    return new HeldSet(names, rows, labels);
  }

  private static float[] row(String line, int number, int columns) {
    List<String> cells = cells(line, number);
    if (cells.size() != columns) {
      throw new BadModel(
          "line %d of the held set has %d cells and not %d"
              .formatted(number, cells.size(), columns));
    }
    float[] row = new float[columns];
    for (int n = 0; n < columns; n++) {
      try {
        row[n] = cells.get(n).isEmpty() ? Float.NaN : Float.parseFloat(cells.get(n));
      } catch (NumberFormatException e) {
        throw new BadModel(
            "line %d of the held set has a cell that is no number".formatted(number), e);
      }
    }
    return row;
  }

  private static List<String> cells(String line, int number) {
    try {
      return new ArrayList<>(CsvLine.texts(line, ','));
    } catch (IllegalArgumentException e) {
      throw new BadModel("line %d of the held set is no CSV".formatted(number), e);
    }
  }

  /**
   * Its rows as a model wants them.
   *
   * @param features in the order of a row
   * @throws BadModel if it lacks one
   */
  float[][] rows(List<String> features) {
    int[] columns = new int[features.size()];
    for (int n = 0; n < columns.length; n++) {
      columns[n] = names.indexOf(features.get(n));
      if (columns[n] < 0) {
        throw new BadModel("the held set has no column " + features.get(n));
      }
    }
    float[][] wanted = new float[rows.length][columns.length];
    for (int row = 0; row < rows.length; row++) {
      for (int n = 0; n < columns.length; n++) {
        wanted[row][n] = rows[row][columns[n]];
      }
    }
    return wanted;
  }

  /** Which rows have the label 1. */
  boolean[] labels() {
    return labels.clone();
  }
}
