package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A compiled pattern: the states at which a partial match may stand.
 *
 * @param text the pattern
 * @param states all states; a state's id is its index
 * @param root where a match begins
 * @param criteria the conditions, to which arms refer by number
 * @param names the steps that have events
 * @param fingerprint differs for patterns whose states differ; conditions may change
 * @param ambiguous whether several ways may lead to one list of events
 */
record Automaton<E>(
    String text,
    List<AutomatonState> states,
    AutomatonState root,
    List<Criterion<E>> criteria,
    EventSteps names,
    AfterMatchSkip skip,
    long withinMicros,
    int fingerprint,
    boolean ambiguous) {

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException if the pattern is not complete; it names the step and the fix
   */
  static <E> Automaton<E> of(Pattern<E> pattern) {
    PatternRules.checkWhole(pattern);
    return new Compiler<>(pattern).compile();
  }

  /** Whether the end of a time may complete or release a match. */
  boolean speaksOfTime() {
    return skip.skips() || states.stream().anyMatch(state -> state.timeouts != 0);
  }

  /** Builds the states from the last step to the first, so that each step knows what follows. */
  private static final class Compiler<E> {

    private final Pattern<E> pattern;
    private final EventSteps names;
    private final List<AutomatonState> states = new ArrayList<>();
    private final List<Criterion<E>> criteria = new ArrayList<>();
    private final IdentityHashMap<Criterion<E>, Integer> numbers = new IdentityHashMap<>();
    private final Criterion<E> any = Criterion.of((E event) -> true);
    private List<Integer> groupUntils = List.of();
    private boolean ambiguous;

    Compiler(Pattern<E> pattern) {
      this.pattern = pattern;
      this.names = EventSteps.of(pattern);
    }

    Automaton<E> compile() {
      AutomatonState root = state(chain(pattern.steps(), Contiguity.STRICT, Follow.END));
      states.forEach(state -> state.finish(pattern.toString(), criteria));
      return new Automaton<>(
          pattern.toString(),
          List.copyOf(states),
          root,
          List.copyOf(criteria),
          names,
          pattern.skip(),
          pattern.withinMicros(),
          pattern.shape().hashCode(),
          ambiguous);
    }

    /** The steps, of which the first has another contiguity at the head of a group. */
    private Follow chain(List<Step<E>> steps, Contiguity head, Follow end) {
      Follow follow = end;
      for (int i = steps.size() - 1; i >= 0; i--) {
        Step<E> step = steps.get(i);
        follow =
            switch (step.kind()) {
              case NOT_FOLLOWED_BY -> follow.after(number(condition(step)));
              case NOT_NEXT -> {
                PatternRules.mayFollowNotNext(pattern, step, follow);
                yield follow.afterNext(number(condition(step)));
              }
              case EVENT, GROUP ->
                  new Repetition(step, i == 0 ? head : step.contiguity()).before(follow);
            };
      }
      return follow;
    }

    private AutomatonState state(Follow follow) {
      AutomatonState state = new AutomatonState(states.size(), follow.accepts(), follow.arms());
      states.add(state);
      return state;
    }

    private int number(Criterion<E> criterion) {
      return numbers.computeIfAbsent(
          criterion,
          added -> {
            criteria.add(added);
            return criteria.size() - 1;
          });
    }

    private Criterion<E> condition(Step<E> step) {
      return step.condition() == null ? any : step.condition();
    }

    /** One step with its quantifier. */
    private final class Repetition {

      private final Step<E> step;
      private final Contiguity contiguity;
      private final int test;
      private final List<Integer> until;

      Repetition(Step<E> step, Contiguity contiguity) {
        this.step = step;
        this.contiguity = contiguity;
        this.test = step.isGroup() ? -1 : number(condition(step));
        this.until = step.until() == null ? Arm.NONE : List.of(number(step.until()));
        ambiguous |=
            step.isGroup() && (step.quantifier().counted() || step.quantifier().optional());
      }

      Follow before(Follow follow) {
        Quantifier times = step.quantifier();
        Follow after =
            times.greedy() && times.varies()
                ? follow.after(new Arm.Guard(test, until, alive()))
                : follow;
        Follow more = after;
        int occurrence = times.most();
        if (times.loops()) {
          Arm.Loop loop = new Arm.Loop();
          Follow again = Follow.of(Arm.link(loop)).not(follow.absent()).or(after);
          Follow looped = once(times.inner(), false, again);
          loop.begins(looped.arms());
          more = looped.not(follow.absent()).or(after);
          occurrence = times.least();
        }
        for (; occurrence > 1; occurrence--) {
          Follow another = once(times.inner(), false, more).not(follow.absent());
          more = another.or(occurrence > times.least() ? after : Follow.nothing(follow.absent()));
        }
        Follow first = once(contiguity, true, more);
        return times.optional() ? first.or(after) : first;
      }

      private Arm.Alive alive() {
        return until.isEmpty() ? null : new Arm.Alive();
      }

      /** One occurrence of the step. */
      private Follow once(Contiguity from, boolean first, Follow next) {
        if (step.isGroup()) {
          List<Integer> outer = groupUntils;
          groupUntils = Arm.plus(outer, until);
          Follow follow = chain(step.group(), from, next);
          groupUntils = outer;
          return follow;
        }
        return Follow.of(
            new Arm(
                Arm.Kind.EVENT,
                names.index(step.name()),
                test,
                from,
                first ? until : Arm.NONE,
                first ? groupUntils : Arm.plus(groupUntils, until),
                Arm.NONE,
                Arm.NONE,
                List.of(),
                state(next),
                null));
      }
    }
  }
}
