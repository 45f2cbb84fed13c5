package dhara.transforms.join;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All versions of one key, in the order of (event time, id). The value at a moment is a function of
 * the set of versions, whatever the order of their arrival.
 *
 * <p>Most keys have one version, and most versions arrive in order, so adding one usually appends
 * it.
 */
final class Versions<T extends Record> {

  private final List<HeldVersion<T>> inOrder = new ArrayList<>(1);

  /** Adds a version; one with the same time and id counts as the same version. */
  void add(HeldVersion<T> version) {
    int last = inOrder.size() - 1;
    if (last < 0 || inOrder.get(last).compareTo(version) < 0) {
      inOrder.add(version);
      return;
    }
    int low = 0;
    int high = last;
    while (low < high) { // the first that is not before it
      int middle = (low + high) >>> 1;
      if (inOrder.get(middle).compareTo(version) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (inOrder.get(low).compareTo(version) != 0) {
      inOrder.add(low, version);
    }
  }

  /** The value in force at a moment, if there is one: the last version at or before it. */
  Optional<T> asOf(Instant at) {
    int last = indexUntil(at);
    return last < 0 ? Optional.empty() : inOrder.get(last).held();
  }

  /** The index of the last version at or before {@code at}; -1 if there is none. */
  private int indexUntil(Instant at) {
    int after = inOrder.size();
    int from = 0;
    while (from < after) {
      int middle = (from + after) >>> 1;
      if (inOrder.get(middle).isAfter(at)) {
        after = middle;
      } else {
        from = middle + 1;
      }
    }
    return after - 1;
  }

  /**
   * Drops the versions that are not needed for any moment from {@code at} on: all before the one in
   * force then, and that one too if it removed the key earlier.
   *
   * @return whether anything is left
   */
  boolean prune(Instant at) {
    int holds = indexUntil(at);
    if (holds >= 0) {
      HeldVersion<T> then = inOrder.get(holds);
      boolean gone = then.isBefore(at) && then.held().isEmpty();
      inOrder.subList(0, gone ? holds + 1 : holds).clear();
    }
    return !inOrder.isEmpty();
  }

  /** Passes on each version, in order. */
  void forEach(Consumer<HeldVersion<T>> consumer) {
    inOrder.forEach(consumer);
  }

  /** How many versions there are. */
  int size() {
    return inOrder.size();
  }
}
