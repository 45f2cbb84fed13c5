package dhara.pipelines.platform.experiments;

import dhara.events.Event;
import dhara.pipelines.platform.experiments.Arms.Arm;
import dhara.pipelines.platform.experiments.VariantResult.State;
import dhara.statistics.GoodnessOfFit;
import dhara.statistics.MixtureSprt;
import dhara.statistics.TwoProportions;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Looks at an experiment again and again, in the order of time, and calls a winner once.
 *
 * @param sequential the always-valid test
 * @param significance how often a winner may be called although there is no difference
 * @param leastUsers nothing is compared while a variant has fewer
 * @param mismatchBelow nothing is called while the split is less likely than this
 * @param graduateAfter how long after the look that calls a winner all users are assigned to it
 * @param keep an experiment without a look for longer than this starts anew
 */
record Looks(
    MixtureSprt sequential,
    double significance,
    long leastUsers,
    double mismatchBelow,
    Duration graduateAfter,
    Duration keep)
    implements Fold<Looks.Look, Looks.SoFar, Looks.Row> {

  /**
   * What is new of an experiment since the look before.
   *
   * @param id of no meaning: looks at an experiment are at different times
   * @param at the last millisecond before the look
   */
  record Look(String id, Instant at, String experiment, Instant start, Instant end, Arms arms)
      implements Event {}

  /**
   * An experiment so far.
   *
   * @param least the sequential p-value of each variant but the control
   */
  record SoFar(Arms arms, Map<String, Double> least, @Nullable String winner) {}

  /**
   * What is known of a variant.
   *
   * @param graduation what is in force from soon after the look that calls it; null otherwise
   */
  record Row(
      String variant,
      Instant start,
      Instant end,
      VariantResult result,
      @Nullable Graduation graduation) {}

  @Override
  public SoFar initial() {
    return new SoFar(new Arms(Map.of()), Map.of(), null);
  }

  @Override
  public SoFar apply(SoFar before, Look look, Consumer<Row> out) {
    Arms arms = Arms.sums().mergeAccumulators(List.of(before.arms, look.arms));
    List<Map.Entry<String, Arm>> variants = new ArrayList<>(arms.byVariant().entrySet());
    variants.sort(
        Comparator.comparing((Map.Entry<String, Arm> each) -> each.getValue().index())
            .thenComparing(Map.Entry::getKey));
    double mismatch =
        GoodnessOfFit.pValue(
            variants.stream().map(each -> each.getValue().users()).toList(),
            variants.stream().map(each -> each.getValue().expected().sum()).toList());
    Map<String, Double> least = least(before.least, variants);
    String called =
        before.winner == null && mismatch >= mismatchBelow ? winner(variants, least) : null;

    Arm control = variants.get(0).getValue();
    variants.forEach(
        each -> {
          String variant = each.getKey();
          State state =
              before.winner != null
                  ? variant.equals(before.winner) ? State.WON : State.LOST
                  : called != null
                      ? variant.equals(called) ? State.CALLED : State.LOST
                      : mismatch < mismatchBelow ? State.MISMATCH : State.RUNNING;
          Arm arm = each.getValue();
          boolean isControl = variant.equals(variants.get(0).getKey());
          Double sequentialPValue = isControl ? null : least.get(variant);
          out.accept(
              new Row(
                  variant,
                  look.start,
                  look.end,
                  result(state, control, arm, sequentialPValue, mismatch),
                  state == State.CALLED ? graduation(look, variants, variant) : null));
        });
    return new SoFar(arms, least, before.winner == null ? called : before.winner);
  }

  private Graduation graduation(Look look, List<Map.Entry<String, Arm>> variants, String winner) {
    return Graduation.of(
        look.experiment,
        look.end.plus(graduateAfter),
        variants.stream().map(Map.Entry::getKey).toList(),
        winner);
  }

  private static TwoProportions compared(Arm control, Arm arm) {
    return new TwoProportions(
        control.conversions(), control.users(), arm.conversions(), arm.users());
  }

  /** The sequential p-values, which only fall. */
  private Map<String, Double> least(
      Map<String, Double> before, List<Map.Entry<String, Arm>> variants) {
    Map<String, Double> least = new TreeMap<>(before);
    Arm control = variants.get(0).getValue();
    for (Map.Entry<String, Arm> each : variants.subList(1, variants.size())) {
      Arm arm = each.getValue();
      boolean enough = control.users() >= leastUsers && arm.users() >= leastUsers;
      least.merge(each.getKey(), enough ? sequential.pValue(compared(control, arm)) : 1, Math::min);
    }
    return least;
  }

  /**
   * The variant with the highest rate of those that are better than the control; the control, if
   * all others are worse; otherwise none. Several comparisons share the significance (Bonferroni).
   */
  private @Nullable String winner(
      List<Map.Entry<String, Arm>> variants, Map<String, Double> least) {
    Arm control = variants.get(0).getValue();
    double each = significance / (variants.size() - 1);
    if (variants.stream().anyMatch(variant -> variant.getValue().users() < leastUsers)) {
      return null;
    }
    String best = null;
    double highest = 0;
    int worse = 0;
    for (Map.Entry<String, Arm> variant : variants.subList(1, variants.size())) {
      double difference = compared(control, variant.getValue()).difference();
      if (least.get(variant.getKey()) < each && difference != 0) {
        worse += difference < 0 ? 1 : 0;
        if (difference > highest) {
          highest = difference;
          best = variant.getKey();
        }
      }
    }
    return worse == variants.size() - 1 ? variants.get(0).getKey() : best;
  }

  private VariantResult result(
      State state, Arm control, Arm arm, @Nullable Double sequentialPValue, double mismatch) {
    double users = Math.max(1, arm.users());
    boolean compares = sequentialPValue != null && control.users() > 0 && arm.users() > 0;
    TwoProportions both = compares ? compared(control, arm) : null;
    double margin = both == null ? 0 : both.margin(1 - significance);
    return new VariantResult(
        state,
        arm.users(),
        arm.expected().sum(),
        arm.conversions(),
        arm.conversions() / users,
        arm.valueMinor(),
        arm.valueMinor() / users,
        both == null || control.conversions() == 0
            ? null
            : (Double)
                ((double) arm.conversions()
                        * control.users()
                        / ((double) arm.users() * control.conversions())
                    - 1),
        both == null ? null : (Double) both.difference(),
        both == null ? null : (Double) (both.difference() - margin),
        both == null ? null : (Double) (both.difference() + margin),
        both == null ? null : (Double) both.pValue(),
        sequentialPValue,
        mismatch);
  }
}
