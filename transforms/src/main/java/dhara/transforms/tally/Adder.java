package dhara.transforms.tally;

/** Adds up two values of a type, by a {@code plus} that is associative and commutative. */
abstract class Adder<T> {

  /** The sum of no values; shared, so it must not be modified. */
  abstract T zero();

  /** The sum of both. It may modify and reuse {@code a}; it does not modify {@code b}. */
  abstract T plus(T a, T b);
}
