package dhara.pipelines.platform.experiments;

import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import dhara.transforms.order.Either;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A user's experiments, in the order of time: the first exposure enrols the user in its variant,
 * and goals from then on count for it. At one time, exposures come before goals.
 *
 * @param lasting how long an enrolment lasts; an exposure after that is of a new user
 */
record Enrolments(Duration lasting)
    implements Fold<Either<Assignment, GoalReached>, Enrolments.Of, Enrolments.Change> {

  /** The experiments that a user takes part in. */
  record Of(List<Enrolled> experiments) {}

  /** An experiment of a user. */
  record Enrolled(String experiment, String variant, int index, Instant since, boolean converted) {}

  /**
   * What changes for a variant: a user more, or a goal reached.
   *
   * @param variants if a user is more, all variants among which the user was assigned
   * @param index of the variant among them
   * @param converted whether it is the user's first goal
   */
  record Change(
      String experiment,
      String variant,
      int index,
      List<Variant> variants,
      boolean converted,
      long valueMinor) {}

  @Override
  public Of initial() {
    return new Of(List.of());
  }

  @Override
  public Of apply(Of before, Either<Assignment, GoalReached> event, Consumer<Change> out) {
    List<Enrolled> now = new ArrayList<>();
    for (Enrolled each : before.experiments) {
      if (!each.since.plus(lasting).isBefore(event.at())) {
        now.add(each);
      }
    }
    if (event.first() != null) {
      enrol(now, event.first(), out);
    } else {
      now.replaceAll(each -> reach(each, event.second(), out));
    }
    return new Of(now);
  }

  private static void enrol(List<Enrolled> now, Assignment exposed, Consumer<Change> out) {
    String experiment = exposed.experiment();
    if (now.stream().noneMatch(each -> each.experiment.equals(experiment))) {
      String variant = exposed.variant();
      now.add(new Enrolled(experiment, variant, exposed.index(), exposed.at(), false));
      out.accept(new Change(experiment, variant, exposed.index(), exposed.variants(), false, 0));
    }
  }

  private static Enrolled reach(Enrolled of, GoalReached goal, Consumer<Change> out) {
    long minor = goal.valueMinor() == null ? 0 : goal.valueMinor();
    out.accept(new Change(of.experiment, of.variant, of.index, List.of(), !of.converted, minor));
    return new Enrolled(of.experiment, of.variant, of.index, of.since, true);
  }

  @Override
  public Duration keep() {
    return lasting;
  }
}
