package dhara.transforms.order.pattern;

import java.io.Serializable;

/**
 * A condition over an event and the events that were matched before it (an iterative condition). It
 * costs more than an {@link EventCondition}, because the matcher asks it for each partial match.
 *
 * @param <E> the event
 */
@FunctionalInterface
public interface MatchCondition<E> extends Serializable {

  /**
   * Whether the event satisfies the condition.
   *
   * @param event the event
   * @param before the partial match, without the event
   */
  boolean test(E event, Match<E> before);
}
