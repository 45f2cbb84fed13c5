package dhara.transforms.order.pattern;

import java.util.List;

/**
 * Decides which arms of a partial match take an event and which stay alive. Answers of conditions
 * over the event alone are kept for the event, and so are the decisions at states where there are
 * no others.
 *
 * @param <E> the event
 */
final class Decisions<E> {

  private static final int TAKES = 1;
  private static final int STAYS = 2;

  private final EventSteps names;
  private final List<Criterion<E>> criteria;

  /** For each criterion, the event that it was asked about last, and the answer. */
  private final long[] asked;

  private final boolean[] answers;

  /** For each state, fresh and not, the event that was decided last, and the decisions. */
  private final long[] decided;

  private final long[] takes;
  private final long[] stays;

  private E event;
  private long now;
  private Taken<E> last;
  private Match<E> before;
  private long taken;
  private long kept;

  Decisions(Automaton<E> automaton) {
    this.names = automaton.names();
    this.criteria = automaton.criteria();
    this.asked = new long[criteria.size()];
    this.answers = new boolean[criteria.size()];
    this.decided = new long[2 * automaton.states().size()];
    this.takes = new long[decided.length];
    this.stays = new long[decided.length];
  }

  /** Goes on to the next event. */
  void next(E next) {
    event = next;
    now++;
  }

  /** Decides about the arms that are alive at a state. */
  void decide(AutomatonState state, long alive, Taken<E> partial) {
    if (!state.simple) {
      last = partial;
      before = null;
      each(state, alive);
      return;
    }
    int slot = 2 * state.id + (alive < 0 ? 1 : 0);
    if (decided[slot] != now) {
      each(state, alive < 0 ? state.all : state.all & ~AutomatonState.FRESH);
      decided[slot] = now;
      takes[slot] = taken;
      stays[slot] = kept;
    }
    taken = takes[slot] & alive;
    kept = stays[slot] & alive;
  }

  /** The arms that take the event. */
  long taken() {
    return taken;
  }

  /** The arms that stay alive. */
  long kept() {
    return kept;
  }

  private void each(AutomatonState state, long alive) {
    long takers = 0;
    long stayers = 0;
    boolean fresh = (alive & AutomatonState.FRESH) != 0;
    for (long rest = alive & ~AutomatonState.FRESH; rest != 0; rest &= rest - 1) {
      int index = Long.numberOfTrailingZeros(rest);
      int decision = decide(state.arms[index], state.alive[index], alive, fresh);
      long bit = 1L << index;
      takers |= (decision & TAKES) != 0 ? bit : 0;
      stayers |= (decision & STAYS) != 0 ? bit : 0;
    }
    taken = takers;
    kept = stayers;
  }

  private int decide(Arm arm, long[] guardsAlive, long alive, boolean fresh) {
    if (any(arm.ends())) {
      return 0;
    }
    if (arm.kind() == Arm.Kind.GUARD) {
      return STAYS;
    }
    if ((fresh && any(arm.notNext())) || guarded(arm, guardsAlive, alive)) {
      return 0;
    }
    return switch (arm.kind()) {
      case NEIGHBOUR -> any(arm.nots()) ? 0 : TAKES;
      case TIMEOUT -> any(arm.nots()) ? 0 : STAYS;
      default -> event(arm);
    };
  }

  private int event(Arm arm) {
    boolean satisfies = holds(arm.test());
    int decision = satisfies && !any(arm.refuses()) ? TAKES : 0;
    boolean passes =
        arm.contiguity() == Contiguity.ANY
            || (arm.contiguity() == Contiguity.RELAXED && !satisfies);
    return passes && !any(arm.nots()) ? decision | STAYS : decision;
  }

  private boolean guarded(Arm arm, long[] guardsAlive, long alive) {
    for (int i = 0; i < guardsAlive.length; i++) {
      Arm.Guard guard = arm.guards().get(i);
      if ((guard.alive() == null || (alive & guardsAlive[i]) != 0)
          && holds(guard.test())
          && !any(guard.until())) {
        return true;
      }
    }
    return false;
  }

  private boolean any(List<Integer> conditions) {
    for (int i = 0; i < conditions.size(); i++) {
      if (holds(conditions.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean holds(int condition) {
    Criterion<E> criterion = criteria.get(condition);
    if (!criterion.isSimple()) {
      if (before == null) {
        before = new Match<>(names, last, last == null ? 0 : last.entry.atMicros());
      }
      return criterion.test(event, before);
    }
    if (asked[condition] != now) {
      asked[condition] = now;
      answers[condition] = criterion.test(event);
    }
    return answers[condition];
  }
}
