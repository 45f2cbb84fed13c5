package dhara.transforms.model;

import dhara.transforms.model.ModelRefusal.Reason;
import dhara.transforms.order.Fold;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Decides of each release of a model whether it comes into force.
 *
 * <p>Data: releases of a model in event-time order → a {@link ModelVerdict} of each. Time: a
 * release is in force from its own time on, until that of the next one that is accepted. State: the
 * release in force, for a century after the last release. Bad data: a release that cannot be used
 * is refused, and the one in force stays. A removal of the model leaves none in force.
 *
 * <p>A release and the one in force are tried on the same held set, that of the release, because
 * precisions on different rows do not compare. If the one in force can no longer be tried, or not
 * on these rows, only the floor counts. A verdict depends on the releases and on the files that
 * they name by their hash, and on nothing else; the speed of a model, which differs from run to
 * run, is therefore no ground to refuse it.
 */
final class ModelGate implements Fold<DueRelease, ModelGate.State, ModelVerdict> {

  private static final long serialVersionUID = 1L;

  private static final Duration CENTURY = Duration.ofDays(36_500);

  /** What is remembered of a model: the release in force. */
  record State(@Nullable ModelRelease inForce) {}

  /** Tries a model. */
  @FunctionalInterface
  interface Trial extends Serializable {

    /**
     * The average precision of a release.
     *
     * @param heldOf the release whose held set it is tried on
     * @throws BadModel if it cannot be tried
     */
    double averagePrecision(ModelRelease release, ModelRelease heldOf);
  }

  private final ModelTerms terms;
  private final Trial trial;

  ModelGate(ModelTerms terms, Trial trial) {
    this.terms = terms;
    this.trial = trial;
  }

  @Override
  public State initial() {
    return new State(null);
  }

  @Override
  public @Nullable State apply(State state, DueRelease due, Consumer<ModelVerdict> out) {
    ModelRelease release = due.release();
    if (release != null && !terms.consider(release)) {
      return state;
    }
    ModelRefusal refusal = release == null ? null : refusal(release, state.inForce);
    out.accept(new ModelVerdict(due.id(), due.from(), due.model(), release, refusal));
    return refusal == null ? new State(release) : state;
  }

  private @Nullable ModelRefusal refusal(ModelRelease release, @Nullable ModelRelease inForce) {
    String before = inForce == null ? null : inForce.version();
    double precision;
    try {
      precision = rounded(trial.averagePrecision(release, release));
    } catch (BadModel e) {
      return new ModelRefusal(Reason.UNUSABLE, e.getMessage(), null, null, before, null);
    }
    if (terms.pinned() != null) {
      return null;
    }
    if (precision < terms.floor()) {
      return new ModelRefusal(Reason.BELOW_FLOOR, null, precision, terms.floor(), before, null);
    }
    Double earlier = inForce == null ? null : earlier(inForce, release);
    if (earlier != null && precision < rounded(earlier - terms.margin())) {
      return new ModelRefusal(
          Reason.WORSE, null, precision, rounded(earlier - terms.margin()), before, earlier);
    }
    return null;
  }

  private @Nullable Double earlier(ModelRelease inForce, ModelRelease release) {
    try {
      return rounded(trial.averagePrecision(inForce, release));
    } catch (BadModel e) {
      return null; // its file has gone, or the new rows lack a feature that it needs
    }
  }

  /** To six digits, so that a verdict agrees with the figures that it shows. */
  private static double rounded(double precision) {
    return Math.rint(precision * 1e6) / 1e6;
  }

  @Override
  public Duration keep() {
    return CENTURY;
  }
}
