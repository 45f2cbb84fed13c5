package dhara.pipelines.platform.experiments;

import dhara.pipelines.platform.experiments.Enrolments.Change;
import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.Min;
import dhara.transforms.tally.TallyFn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arms of an experiment, added up.
 *
 * @param byVariant by the name of the variant
 */
record Arms(Map<String, Arm> byVariant) {

  /**
   * Users of a variant, added up.
   *
   * @param index its place among the variants; the control has the least
   * @param users those enrolled
   * @param expected how many should be, by the weights at the time of each user of the experiment
   * @param conversions users who reached a goal
   * @param valueMinor what their goals were worth
   */
  record Arm(@Min int index, long users, ExactSum expected, long conversions, long valueMinor) {}

  static TallyFn<Change, Arms, Arms> sums() {
    return TallyFn.of(Arms.class, Arms::of);
  }

  private static Arms of(Change change) {
    Map<String, Arm> arms = new HashMap<>();
    List<Variant> variants = change.variants();
    double weights = variants.stream().mapToDouble(Variant::weight).sum();
    for (int i = 0; i < variants.size(); i++) {
      Variant variant = variants.get(i);
      arms.put(
          variant.name(),
          new Arm(i, i == change.index() ? 1 : 0, ExactSum.of(variant.weight() / weights), 0, 0));
    }
    if (variants.isEmpty()) {
      arms.put(
          change.variant(),
          new Arm(
              change.index(), 0, ExactSum.NONE, change.converted() ? 1 : 0, change.valueMinor()));
    }
    return new Arms(arms);
  }
}
