package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs a pattern over the events of a key: a nondeterministic automaton. The state of a key is a
 * {@link Partials}; a matcher serves one key after the other, in one thread.
 *
 * <p>Cost. A condition over the event alone is asked at most once per event, however many partial
 * matches there are; what they decide for all partial matches at a state is a pair of bit sets. A
 * partial match that ignores an event stays as it is. One that takes it shares its chain. Partial
 * matches are in the order of their first events, so only the first are looked at for timeouts.
 *
 * @param <E> the event
 */
final class Matcher<E> {

  /** Takes what a matcher finds. */
  interface Output<E> {

    /** Takes a match. */
    void match(Match<E> match);

    /** Takes a partial match that was not complete in time. */
    void timedOut(Match<E> partial);
  }

  /** How many partial matches a key may have, if nothing else is said. */
  static final int MOST_PARTIALS = 10_000;

  private final Automaton<E> automaton;
  private final Decisions<E> decisions;
  private final Skipping<E> skipping;
  private final int most;

  private final List<Partials.Complete<E>> found = new ArrayList<>();
  private Taken.Entry<E> entry;

  private Matcher(Automaton<E> automaton, int most) {
    this.automaton = automaton;
    this.decisions = new Decisions<>(automaton);
    this.skipping = new Skipping<>(automaton);
    this.most = most;
  }

  /**
   * A matcher of a pattern.
   *
   * @throws IllegalArgumentException if the pattern is not complete; it names the step and the fix
   */
  static <E> Matcher<E> of(Pattern<E> pattern) {
    return of(Automaton.of(pattern), MOST_PARTIALS);
  }

  /** A matcher that fails if a key has more partial matches. */
  static <E> Matcher<E> of(Automaton<E> automaton, int most) {
    return new Matcher<>(automaton, most);
  }

  Automaton<E> automaton() {
    return automaton;
  }

  /**
   * Goes on with the next event of a key. Events come in the order of (time, id).
   *
   * @throws TooManyPartials if there are too many partial matches
   */
  void next(Partials<E> partials, E event, long atMicros, Matcher.Output<E> output) {
    advance(partials, atMicros, output);
    decisions.next(event);
    entry = null;
    for (int i = 0; i < partials.size(); i++) {
      Partials.Partial<E> partial = partials.get(i);
      decisions.decide(partial.state, partial.alive, partial.last);
      // Matches that take the event come before those that ignore it: they have earlier events.
      if (decisions.taken() != 0) {
        take(partials, partial.last, partial.state, decisions.taken(), event, atMicros);
      }
      if ((decisions.kept() & partial.state.waiting) != 0) {
        partial.alive = decisions.kept();
        partials.keep(partial);
      }
    }
    AutomatonState root = automaton.root();
    decisions.decide(root, root.all, null);
    if (decisions.taken() != 0) {
      take(partials, null, root, decisions.taken(), event, atMicros);
    }
    partials.swap();
    entry = null;
    settle(partials, output);
    if (partials.size() + partials.complete.size() > most) {
      throw new TooManyPartials(automaton.text(), most);
    }
  }

  private void take(
      Partials<E> partials,
      Taken<E> last,
      AutomatonState state,
      long arms,
      E event,
      long atMicros) {
    for (long rest = arms; rest != 0; rest &= rest - 1) {
      Arm arm = state.arms[Long.numberOfTrailingZeros(rest)];
      if (arm.kind() == Arm.Kind.NEIGHBOUR) {
        found.add(new Partials.Complete<>(last, atMicros));
        continue;
      }
      if (entry == null) {
        entry = new Taken.Entry<>(event, atMicros, partials.next++);
      }
      Taken<E> taken = new Taken<>(last, arm.step(), entry);
      AutomatonState target = arm.target();
      if (target.accepts) {
        found.add(new Partials.Complete<>(taken, atMicros));
      }
      if (target.waiting != 0) {
        partials.keep(new Partials.Partial<>(taken, target, target.all));
      }
    }
  }

  /** Goes on to a time before which no event will come any more. */
  void advance(Partials<E> partials, long toMicros, Matcher.Output<E> output) {
    while (partials.size() > 0 && deadline(partials) <= toMicros) {
      long at = deadline(partials);
      int expired = 0;
      while (expired < partials.size()
          && partials.get(expired).last.startMicros() + automaton.withinMicros() == at) {
        Partials.Partial<E> partial = partials.get(expired++);
        if (completes(partial)) {
          found.add(new Partials.Complete<>(partial.last, at));
        } else if (!automaton.ambiguous() || !seen(partials, expired - 1)) {
          output.timedOut(new Match<>(automaton.names(), partial.last, at));
        }
      }
      partials.removeFirst(expired);
      settle(partials, output);
    }
  }

  /** Whether a partial match that times out is a match, because it waits for nothing but that. */
  private static <E> boolean completes(Partials.Partial<E> partial) {
    return (partial.alive & partial.state.timeouts) != 0;
  }

  /** Whether the same events are a match, or are reported as timed out already. */
  private static <E> boolean seen(Partials<E> partials, int index) {
    Taken<E> events = partials.get(index).last;
    for (int i = 0; i < partials.size(); i++) {
      Partials.Partial<E> other = partials.get(i);
      if (other.last.startMicros() != events.startMicros()) {
        return false; // so are all after it
      }
      if (i != index && (i < index || completes(other)) && Taken.same(other.last, events)) {
        return true;
      }
    }
    return false;
  }

  /** When the next partial match times out, or {@code Long.MAX_VALUE}. */
  long deadline(Partials<E> partials) {
    return partials.size() == 0 || automaton.withinMicros() == 0
        ? Long.MAX_VALUE
        : partials.get(0).last.startMicros() + automaton.withinMicros();
  }

  private void settle(Partials<E> partials, Matcher.Output<E> output) {
    if (automaton.ambiguous()) {
      dropCopies();
    }
    if (automaton.skip().skips()) {
      skipping.settle(partials, found, output);
    } else {
      for (Partials.Complete<E> match : found) {
        output.match(match.asMatch(automaton.names()));
      }
    }
    found.clear();
    if (partials.isEmpty()) {
      partials.next = 0;
    }
  }

  private void dropCopies() {
    for (int i = found.size() - 1; i > 0; i--) {
      for (int j = 0; j < i; j++) {
        if (Taken.same(found.get(i).last(), found.get(j).last())) {
          found.remove(i);
          break;
        }
      }
    }
  }
}
