package dhara.transforms.order.pattern;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The end of a chain of matched events. Partial matches share the beginnings of their chains, and a
 * chain never changes, so that a match is extended, and handed out, without a copy.
 *
 * @param <E> the event
 */
final class Taken<E> {

  /** An event of a key, numbered in the key's order. */
  record Entry<E>(E event, long atMicros, long number) {}

  final @Nullable Taken<E> before;
  final Taken<E> first;
  final int step;
  final Entry<E> entry;

  Taken(@Nullable Taken<E> before, int step, Entry<E> entry) {
    this.before = before;
    this.first = before == null ? this : before.first;
    this.step = step;
    this.entry = entry;
  }

  /** When the chain began. */
  long startMicros() {
    return first.entry.atMicros;
  }

  /** The number of the event with which it began. */
  long start() {
    return first.entry.number;
  }

  /** Whether the chains have the same events in the same steps. */
  static <E> boolean same(Taken<E> one, Taken<E> other) {
    Taken<E> left = one;
    Taken<E> right = other;
    while (left != right) {
      if (left == null
          || right == null
          || left.step != right.step
          || left.entry.number != right.entry.number) {
        return false;
      }
      left = left.before;
      right = right.before;
    }
    return true;
  }
}
