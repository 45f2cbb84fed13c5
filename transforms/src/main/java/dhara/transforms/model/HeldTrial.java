package dhara.transforms.model;

import dhara.statistics.RankedScores;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Tries models on held sets, which it reads from their files. */
final class HeldTrial implements ModelGate.Trial {

  private static final long serialVersionUID = 1L;

  private final List<String> features;
  private transient @Nullable HeldSet last;
  private transient @Nullable String hashOfLast;

  /**
   * @param features the names that a model may ask for
   */
  HeldTrial(List<String> features) {
    this.features = List.copyOf(features);
  }

  @Override
  public double averagePrecision(ModelRelease release, ModelRelease heldOf) {
    HeldSet held = held(heldOf);
    try (LoadedModel model = LoadedModel.load(release.uri(), release.sha256(), features)) {
      float[][] rows = held.rows(model.model().features());
      double[] scores = new double[rows.length];
      model.model().score(rows, rows.length, scores);
      for (double score : scores) {
        if (!LoadedModel.isProbability(score)) {
          throw new BadModel("the model gives a row of the held set the probability " + score);
        }
      }
      return RankedScores.averagePrecision(scores, held.labels());
    }
  }

  /** Releases mostly share a held set. */
  private HeldSet held(ModelRelease release) {
    if (last == null || !release.heldSha256().equals(hashOfLast)) {
      last = HeldSet.parse(ModelFiles.read("held set", release.heldUri(), release.heldSha256()));
      hashOfLast = release.heldSha256();
    }
    return last;
  }
}
