package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What may come next at some point of a pattern.
 *
 * @param arms the events, in the order in which matches prefer them
 * @param accepts whether the match may end here
 * @param absent the conditions of the notFollowedBy that comes next
 */
record Follow(List<Arm> arms, boolean accepts, List<Integer> absent) {

  /** The end of the pattern. */
  static final Follow END = new Follow(List.of(), true, Arm.NONE);

  static Follow of(Arm arm) {
    return new Follow(List.of(arm), false, Arm.NONE);
  }

  boolean isEnd() {
    return arms.isEmpty() && accepts;
  }

  /** Nothing, before a notFollowedBy. */
  static Follow nothing(List<Integer> absent) {
    return new Follow(List.of(), false, absent);
  }

  /** This or, less preferred, the other. */
  Follow or(Follow other) {
    List<Arm> both = new ArrayList<>(arms);
    both.addAll(other.arms);
    return new Follow(both, accepts || other.accepts, other.absent);
  }

  /** This without an event that satisfies a condition before. */
  Follow not(List<Integer> conditions) {
    return new Follow(each(arm -> arm.not(conditions)), accepts, absent);
  }

  /** This after a notFollowedBy. */
  Follow after(int condition) {
    if (isEnd()) {
      Arm timeout = Arm.waits(Arm.Kind.TIMEOUT).not(List.of(condition));
      return new Follow(List.of(timeout), false, List.of(condition));
    }
    return new Follow(
        each(arm -> arm.not(List.of(condition))), accepts, Arm.plus(absent, List.of(condition)));
  }

  /** This after a notNext. */
  Follow afterNext(int condition) {
    if (isEnd()) {
      return of(Arm.waits(Arm.Kind.NEIGHBOUR).notNext(condition));
    }
    return new Follow(each(arm -> arm.notNext(condition)), false, Arm.NONE);
  }

  /** This after a greedy step. */
  Follow after(Arm.Guard guard) {
    List<Arm> later = each(arm -> arm.guarded(List.of(guard)));
    if (guard.alive() != null) {
      later.add(Arm.alive(guard));
    }
    return new Follow(later, accepts, absent);
  }

  private List<Arm> each(UnaryOperator<Arm> change) {
    List<Arm> changed = new ArrayList<>();
    arms.forEach(arm -> changed.add(change.apply(arm)));
    return changed;
  }
}
