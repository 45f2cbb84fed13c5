package dhara.transforms.tally;

import java.io.Serializable;

/**
 * What is known of a set of events, as a record that adds up: {@code plus} is associative and
 * commutative, so that neither the order of arrival nor the split of work can matter.
 */
public interface Tally<T extends Tally<T>> extends Serializable {

  /**
   * The tally of both sets. It may reuse what is mutable in {@code this}, a map or a sketch,
   * because {@code this} is not used again; {@code other} stays as it was, even when the sum grows
   * later.
   */
  T plus(T other);
}
