package dhara.transforms.order.pattern;

import java.util.List;

/**
 * Reports matches in the order of their first events, and discards what the skip strategy says.
 *
 * @param <E> the event
 */
final class Skipping<E> {

  private final Automaton<E> automaton;
  private final int step;

  Skipping(Automaton<E> automaton) {
    this.automaton = automaton;
    String name = automaton.skip().step();
    this.step = name == null ? -1 : automaton.names().index(name);
  }

  /** Adds the found matches to the waiting ones, and reports those that need not wait any more. */
  void settle(Partials<E> partials, List<Partials.Complete<E>> found, Matcher.Output<E> output) {
    for (Partials.Complete<E> match : found) {
      insert(partials.complete, match);
    }
    while (!partials.complete.isEmpty()) {
      Partials.Complete<E> match = partials.complete.get(0);
      if (partials.size() > 0 && partials.get(0).last.start() < match.last().start()) {
        return;
      }
      partials.complete.remove(0);
      output.match(match.asMatch(automaton.names()));
      discard(partials, from(match.last()));
    }
  }

  /** After the matches with the same first event: they were complete before. */
  private static <E> void insert(List<Partials.Complete<E>> complete, Partials.Complete<E> match) {
    int index = complete.size();
    while (index > 0 && complete.get(index - 1).last().start() > match.last().start()) {
      index--;
    }
    complete.add(index, match);
  }

  /** The number of the first event with which a match may begin. */
  private long from(Taken<E> last) {
    return switch (automaton.skip().to()) {
      case NONE -> 0;
      case NEXT -> last.start() + 1;
      case PAST_LAST -> last.entry.number() + 1;
      case FIRST -> number(last, true);
      case LAST -> number(last, false);
    };
  }

  private long number(Taken<E> last, boolean first) {
    long number = 0;
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      if (taken.step == step) {
        number = taken.entry.number();
        if (!first) {
          return number;
        }
      }
    }
    return number;
  }

  private static <E> void discard(Partials<E> partials, long from) {
    int early = 0;
    while (early < partials.size() && partials.get(early).last.start() < from) {
      early++;
    }
    partials.removeFirst(early);
    int done = 0;
    while (done < partials.complete.size() && partials.complete.get(done).last().start() < from) {
      done++;
    }
    partials.complete.subList(0, done).clear();
  }
}
