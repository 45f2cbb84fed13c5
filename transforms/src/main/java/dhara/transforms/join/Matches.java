package dhara.transforms.join;

/** Which events of the right side an event of the left side is matched with. */
enum Matches {
  /** All in the interval. */
  ALL,
  /** One of them, whichever is known first, because only their existence counts. */
  ANY,
  /** The one with the smallest distance in time; of two, the earlier and then the smaller id. */
  NEAREST,
  /** The latest that is not after it. */
  LAST,
  /** The latest that is not after it and was not matched before. */
  LAST_ONCE
}
