package dhara.transforms.join;

/** What an interval join gives out. */
enum Kind {
  /** Each match. */
  INNER(true, false),
  /** Each match, and events of the left side without one. */
  LEFT(true, true),
  /** Events of the left side that have a match. */
  SEMI(true, false),
  /** Events of the left side that have none. */
  ANTI(false, true);

  private final boolean matches;
  private final boolean misses;

  Kind(boolean matches, boolean misses) {
    this.matches = matches;
    this.misses = misses;
  }

  /** Whether matches are given out. */
  boolean matches() {
    return matches;
  }

  /** Whether events without a match are given out. */
  boolean misses() {
    return misses;
  }
}
