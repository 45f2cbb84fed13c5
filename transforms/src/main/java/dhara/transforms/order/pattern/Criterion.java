package dhara.transforms.order.pattern;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What an event must satisfy: a condition over the event alone, or over the match so far too.
 *
 * @param <E> the event
 */
final class Criterion<E> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final @Nullable EventCondition<E> simple;
  private final @Nullable MatchCondition<E> iterative;

  private Criterion(@Nullable EventCondition<E> simple, @Nullable MatchCondition<E> iterative) {
    this.simple = simple;
    this.iterative = iterative;
  }

  static <E> Criterion<E> of(EventCondition<E> condition) {
    return new Criterion<>(condition, null);
  }

  static <E> Criterion<E> of(MatchCondition<E> condition) {
    return new Criterion<>(null, condition);
  }

  /** Whether the event alone decides. */
  boolean isSimple() {
    return simple != null;
  }

  /** The condition that was declared, or the one that was made of several. */
  Object condition() {
    return simple != null ? simple : iterative;
  }

  /** Asks a simple condition. */
  boolean test(E event) {
    return simple.test(event);
  }

  /** Asks any condition. */
  boolean test(E event, Match<E> before) {
    return simple != null ? simple.test(event) : iterative.test(event, before);
  }

  /** Both; a null stands for no condition yet. */
  static <E> Criterion<E> and(@Nullable Criterion<E> one, Criterion<E> other) {
    if (one == null) {
      return other;
    }
    if (one.isSimple() && other.isSimple()) {
      return of(event -> one.test(event) && other.test(event));
    }
    return of((event, before) -> one.test(event, before) && other.test(event, before));
  }

  /** Either; a null stands for no condition yet. */
  static <E> Criterion<E> or(@Nullable Criterion<E> one, Criterion<E> other) {
    if (one == null) {
      return other;
    }
    if (one.isSimple() && other.isSimple()) {
      return of(event -> one.test(event) || other.test(event));
    }
    return of((event, before) -> one.test(event, before) || other.test(event, before));
  }

  @Override
  public String toString() {
    return String.valueOf(condition());
  }
}
