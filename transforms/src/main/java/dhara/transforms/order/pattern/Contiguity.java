package dhara.transforms.order.pattern;

/** Which events may lie between two matched events. */
enum Contiguity {
  /** None: the events are neighbours. */
  STRICT,
  /** Events that do not satisfy the condition of the later one. */
  RELAXED,
  /** Any events. */
  ANY
}
