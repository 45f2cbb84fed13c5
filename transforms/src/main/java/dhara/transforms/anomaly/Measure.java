package dhara.transforms.anomaly;

import java.io.Serializable;

/** The number of an event that is watched; NaN if it has none. */
@FunctionalInterface
public interface Measure<E> extends Serializable {
  double of(E event);
}
