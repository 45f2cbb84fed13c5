package dhara.transforms.order.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is kept for a key between events: its partial matches, and the matches that wait for earlier
 * ones. Both are in the order of their first events, and partial matches with the same first event
 * in the order in which their matches are preferred. So what times out or is discarded is always at
 * the front.
 *
 * @param <E> the event
 */
public final class Partials<E> {

  /** A chain of events, and what it waits for. */
  static final class Partial<E> {
    final Taken<E> last;
    final AutomatonState state;

    /** The arms that are alive, and {@link AutomatonState#FRESH}. */
    long alive;

    Partial(Taken<E> last, AutomatonState state, long alive) {
      this.last = last;
      this.state = state;
      this.alive = alive;
    }
  }

  /** A match that is not reported yet. */
  record Complete<E>(Taken<E> last, long atMicros) {

    Match<E> asMatch(EventSteps names) {
      return new Match<>(names, last, atMicros);
    }
  }

  private static final int ROOM = 8;

  private Partial<E>[] items = room(ROOM);
  private int size;
  private Partial<E>[] spare = room(ROOM);
  private int spares;

  /** The number of the next event. */
  long next;

  /** Matches that wait for partial matches with an earlier first event. */
  final List<Complete<E>> complete = new ArrayList<>();

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0 && complete.isEmpty();
  }

  Partial<E> get(int index) {
    return items[index];
  }

  /** Adds a partial match to the ones that will be there after the event. */
  void keep(Partial<E> partial) {
    if (spares == spare.length) {
      spare = Arrays.copyOf(spare, 2 * spares);
    }
    spare[spares++] = partial;
  }

  /** Replaces the partial matches by the kept ones. */
  void swap() {
    Partial<E>[] old = items;
    int olds = size;
    items = spare;
    size = spares;
    Arrays.fill(old, 0, olds, null);
    spare = old;
    spares = 0;
  }

  /** Removes the first partial matches. */
  void removeFirst(int count) {
    if (count > 0) {
      System.arraycopy(items, count, items, 0, size - count);
      Arrays.fill(items, size - count, size, null);
      size -= count;
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static <E> Partial<E>[] room(int size) {
    return (Partial<E>[]) new Partial[size];
  }
}
