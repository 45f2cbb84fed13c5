package dhara.tools.train;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Rows of features with their labels, in the order of (time, id). */
final class Examples {

  private final List<String> features;
  private final String[] ids;
  private final float[][] rows;
  private final boolean[] labels;
  private final String[] groups;
  private final long[] days;

  /**
   * @param ids of the events
   * @param rows a value per feature, NaN if it is missing
   * @param groups what alerts are about, such as the card
   * @param days since 1970-01-01, in UTC
   */
  Examples(
      List<String> features,
      String[] ids,
      float[][] rows,
      boolean[] labels,
      String[] groups,
      long[] days) {
    this.features = List.copyOf(features);
    this.ids = ids;
    this.rows = rows;
    this.labels = labels;
    this.groups = groups;
    this.days = days;
  }

  List<String> features() {
    return features;
  }

  String[] ids() {
    return ids;
  }

  float[][] rows() {
    return rows;
  }

  boolean[] labels() {
    return labels;
  }

  String[] groups() {
    return groups;
  }

  long[] days() {
    return days;
  }

  int size() {
    return rows.length;
  }

  int positives() {
    int positives = 0;
    for (boolean label : labels) {
      positives += label ? 1 : 0;
    }
    return positives;
  }

  /** The values of one feature, where a missing one counts as zero. */
  double[] column(String feature) {
    int column = features.indexOf(feature);
    double[] values = new double[rows.length];
    for (int n = 0; n < values.length; n++) {
      values[n] = Float.isNaN(rows[n][column]) ? 0 : rows[n][column];
    }
    return values;
  }

  /** The same without some of the features. */
  Examples without(Set<String> left) {
    List<String> kept = features.stream().filter(feature -> !left.contains(feature)).toList();
    int[] columns = kept.stream().mapToInt(features::indexOf).toArray();
    float[][] fewer = new float[rows.length][columns.length];
    for (int n = 0; n < rows.length; n++) {
      for (int column = 0; column < columns.length; column++) {
        fewer[n][column] = rows[n][columns[column]];
      }
    }
    return new Examples(kept, ids, fewer, labels, groups, days);
  }

  /** A sample without replacement, in the same order; all of them if there are no more. */
  Examples sample(int most, long seed) {
    if (size() <= most) {
      return this;
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[] chosen = new int[most];
    int count = 0;
    // Each is taken with the chance that fills the sample exactly (Knuth's algorithm S).
    for (int n = 0; count < most; n++) {
      if (random.nextInt(size() - n) < most - count) {
        chosen[count++] = n;
      }
    }
    String[] ofIds = new String[most];
    float[][] ofRows = new float[most][];
    boolean[] ofLabels = new boolean[most];
    String[] ofGroups = new String[most];
    long[] ofDays = new long[most];
    for (int n = 0; n < most; n++) {
      ofIds[n] = ids[chosen[n]];
      ofRows[n] = rows[chosen[n]];
      ofLabels[n] = labels[chosen[n]];
      ofGroups[n] = groups[chosen[n]];
      ofDays[n] = days[chosen[n]];
    }
    return new Examples(features, ofIds, ofRows, ofLabels, ofGroups, ofDays);
  }

  /** All rows after each other. */
  float[] flat() {
    float[] flat = new float[rows.length * features.size()];
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, flat, n * features.size(), features.size());
    }
    return flat;
  }

  /** The labels as numbers, 1 or 0. */
  float[] targets() {
    float[] targets = new float[labels.length];
    for (int n = 0; n < targets.length; n++) {
      targets[n] = labels[n] ? 1 : 0;
    }
    return targets;
  }

  /**
   * As a CSV file: a header of the features' names and {@code label}, then a line each, whose label
   * is 1 or 0 and in which a missing value is empty.
   */
  String csv() {
    StringBuilder csv = new StringBuilder(String.join(",", features)).append(",label\n");
    for (int n = 0; n < rows.length; n++) {
      for (float value : rows[n]) {
        csv.append(Float.isNaN(value) ? "" : Float.toString(value)).append(',');
      }
      csv.append(labels[n] ? 1 : 0).append('\n');
    }
    return csv.toString();
  }
}
