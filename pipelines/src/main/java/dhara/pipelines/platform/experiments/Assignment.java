package dhara.pipelines.platform.experiments;

import dhara.events.Event;
import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An exposure with the variant that its user belongs to.
 *
 * @param variants all variants of the experiment at that time; empty without one
 * @param index which of them it is; -1 if none
 * @param reason why there is none
 */
record Assignment(
    String id,
    Instant at,
    String experiment,
    String user,
    List<Variant> variants,
    int index,
    @Nullable Reason reason)
    implements Event {

  /** Why a user is assigned to no variant. */
  public enum Reason {
    /** There was no such experiment at that time, or it was over. */
    NO_EXPERIMENT,
    /** The user does not take part, because the experiment does not cover all. */
    NOT_COVERED,
    /** The client says a variant that the experiment does not have. */
    UNKNOWN_VARIANT
  }

  static Assignment of(Exposure exposure, Optional<ExperimentSetup> setup, AssignBy by) {
    if (setup.isEmpty()) {
      return of(exposure, List.of(), -1, Reason.NO_EXPERIMENT);
    }
    ExperimentSetup inForce = setup.get();
    boolean told = exposure.variant() != null;
    int index = told ? inForce.indexOf(exposure.variant()) : inForce.assigned(exposure.user(), by);
    Reason reason = index >= 0 ? null : told ? Reason.UNKNOWN_VARIANT : Reason.NOT_COVERED;
    return of(exposure, inForce.variants(), index, reason);
  }

  private static Assignment of(
      Exposure exposure, List<Variant> variants, int index, @Nullable Reason reason) {
    return new Assignment(
        exposure.id(),
        exposure.at(),
        exposure.experiment(),
        exposure.user(),
        variants,
        index,
        reason);
  }

  boolean isAssigned() {
    return index >= 0;
  }

  String variant() {
    return variants.get(index).name();
  }
}
