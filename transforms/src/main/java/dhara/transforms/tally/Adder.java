package dhara.transforms.tally;

/** Adds up two values of a type, by a {@code plus} that is associative and commutative. */
abstract class Adder<T> {

  /** The value of nothing; shared, so never changed. */
  abstract T zero();

  /** The sum of both. It may reuse what is mutable in {@code a}; it leaves {@code b} as it was. */
  abstract T plus(T a, T b);
}
