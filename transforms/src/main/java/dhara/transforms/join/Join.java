package dhara.transforms.join;

import java.io.Serializable;

/** Combines a fact with the reference that was in force at its time. */
@FunctionalInterface
interface Join<F, T extends Record, OutT> extends Serializable {

  OutT join(F fact, ReferenceTable<T> reference);
}
