package dhara.transforms.order.pattern;

import java.io.Serializable;

/**
 * A condition over one event. It must depend on nothing but the event: the matcher asks it at most
 * once for each event.
 *
 * @param <E> the event
 */
@FunctionalInterface
public interface EventCondition<E> extends Serializable {

  /** Whether the event satisfies the condition. */
  boolean test(E event);
}
