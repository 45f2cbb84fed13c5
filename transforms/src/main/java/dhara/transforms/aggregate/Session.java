package dhara.transforms.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The sum of events of one key that are less than the gap apart: a whole session, or the part of
 * one that a bundle has seen. Its window begins with the first event and ends a gap after the last
 * one.
 *
 * <p>This is the core of session windows, without Beam types and encoding. Parts whose windows
 * overlap belong to one session, and {@link #merged} joins them. The result is a function of the
 * set of events: it depends neither on the order of the parts nor on how events were divided into
 * parts, and a result may be merged again with more parts. Windows that only touch do not overlap.
 *
 * <p>A session keeps the list of its answers that are still valid. A longer session takes them over
 * from those that it absorbs. When it is {@link #answer answered} they are withdrawn, except one
 * for exactly the same window, which gets a revision. A withdrawn window never comes back, because
 * sessions only grow.
 *
 * @param <S> the sum of events
 */
final class Session<S> {

  /**
   * An answer that was emitted and not withdrawn.
   *
   * @param start of its window, epoch milliseconds
   * @param end of its window, epoch milliseconds, exclusive
   */
  record Given(long start, long end, long revision) {}

  private long first;
  private long last;
  private S sum;
  private List<Given> given;
  private boolean news;
  private @Nullable Session<S> next;

  /**
   * A session, or a part of one.
   *
   * @param first time of its first event, epoch milliseconds
   * @param last time of its last event
   * @param given the valid answers that contain events of it
   * @param news whether it has events that are in none of them
   */
  Session(long first, long last, S sum, List<Given> given, boolean news) {
    this.first = first;
    this.last = last;
    this.sum = sum;
    this.given = given;
    this.news = news;
  }

  /** One event. */
  static <S> Session<S> of(long at, S sum) {
    return new Session<>(at, at, sum, List.of(), true);
  }

  long first() {
    return first;
  }

  long last() {
    return last;
  }

  S sum() {
    return sum;
  }

  List<Given> given() {
    return given;
  }

  /** Whether it has events that are in no answer. */
  boolean news() {
    return news;
  }

  /** Another session of the key, if it is in a chain of them. */
  @Nullable Session<S> next() {
    return next;
  }

  /** Prepends it to a chain of sessions of the key. */
  Session<S> before(@Nullable Session<S> chain) {
    next = chain;
    return this;
  }

  /** Whether an event at this time is in the session, or extends it. */
  boolean reaches(long at, long gap) {
    return at < last + gap && first < at + gap;
  }

  /** Adds an event that it {@link #reaches}. */
  void add(long at, S newSum) {
    first = Math.min(first, at);
    last = Math.max(last, at);
    sum = newSum;
  }

  /** Whether the windows overlap. */
  boolean overlaps(Session<?> other, long gap) {
    return first < other.last + gap && other.first < last + gap;
  }

  /** Whether the window of any session in a chain overlaps with this one. */
  boolean overlapsAny(@Nullable Session<S> chain, long gap) {
    for (Session<S> other = chain; other != null; other = other.next) {
      if (overlaps(other, gap)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The sessions that parts form: those that overlap become one.
   *
   * @param parts of one key, in any order; consumed
   * @param plus adds up; may modify its first argument
   * @return a chain in the order of time, no two of which overlap
   */
  static <S> Session<S> merged(Session<S> parts, long gap, BinaryOperator<S> plus) {
    if (parts.next == null) {
      return parts;
    }
    Session<S>[] sorted = array(parts);
    Arrays.sort(sorted, Comparator.comparingLong(Session::first));
    Session<S> head = sorted[0];
    Session<S> session = head;
    for (int i = 1; i < sorted.length; i++) {
      Session<S> part = sorted[i];
      if (part.first < session.last + gap) {
        session.absorb(part, plus);
      } else {
        session.next = part;
        session = part;
      }
    }
    session.next = null;
    return head;
  }

  @SuppressWarnings("unchecked") // an array that holds only what this method puts in
  private static <S> Session<S>[] array(Session<S> chain) {
    int length = 0;
    for (Session<S> part = chain; part != null; part = part.next) {
      length++;
    }
    Session<S>[] array = (Session<S>[]) new Session<?>[length];
    int i = 0;
    for (Session<S> part = chain; part != null; part = part.next) {
      array[i++] = part;
    }
    return array;
  }

  private void absorb(Session<S> part, BinaryOperator<S> plus) {
    last = Math.max(last, part.last);
    sum = plus.apply(sum, part.sum);
    news |= part.news;
    if (given.isEmpty()) {
      given = part.given;
    } else if (!part.given.isEmpty()) {
      List<Given> both = new ArrayList<>(given);
      both.addAll(part.given);
      given = List.copyOf(both);
    }
  }

  /**
   * Records that it is answered; {@link #given} then contains the new answer.
   *
   * @return the answers of other windows, which must be withdrawn
   */
  List<Given> answer(long gap) {
    long end = last + gap;
    long revision = 0;
    List<Given> absorbed = List.of();
    for (Given answer : given) {
      if (answer.start == first && answer.end == end) {
        revision = answer.revision + 1;
      } else {
        absorbed = absorbed.isEmpty() ? new ArrayList<>() : absorbed;
        absorbed.add(answer);
      }
    }
    given = List.of(new Given(first, end, revision));
    news = false;
    return absorbed;
  }
}
