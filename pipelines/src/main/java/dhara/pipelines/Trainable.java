package dhara.pipelines;

/**
 * An analysis that models are trained for: one of its outputs holds rows of features, and one of
 * its inputs later says which of them were positive. The verb {@code train} learns from both, so a
 * model is trained on the features that it is served with.
 */
public interface Trainable {

  /** Where rows and labels are; always the same. */
  Training<?> training();
}
