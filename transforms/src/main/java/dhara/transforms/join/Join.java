package dhara.transforms.join;

import java.io.Serializable;

/** What becomes of a fact and the reference, of which it sees what was in force at its time. */
@FunctionalInterface
interface Join<F, T extends Record, OutT> extends Serializable {

  OutT join(F fact, ReferenceTable<T> reference);
}
