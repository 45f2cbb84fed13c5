package dhara.transforms.order.pattern;

/**
 * Takes what a matcher finds.
 *
 * @param <E> the event
 */
interface MatchOutput<E> {

  /** Takes a match. */
  void match(Match<E> match);

  /** Takes a partial match that was not complete in time. */
  void timedOut(Match<E> partial);
}
