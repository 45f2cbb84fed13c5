package dhara.transforms.tally;

import java.io.Serializable;

/**
 * A summary of a set of events that adds up: {@code plus} is associative and commutative, so the
 * result depends neither on the order of arrival nor on the split of work.
 */
public interface Tally<T extends Tally<T>> extends Serializable {

  /**
   * The tally of both sets. It may modify and reuse mutable parts of {@code this}, such as a map or
   * a sketch, because {@code this} is not used again. It must not modify {@code other}, even when
   * the sum grows later.
   */
  T plus(T other);
}
