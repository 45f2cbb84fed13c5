package dhara.transforms.join;

import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * How a stream gives the result of a fact at its arrival, and again if it settles differently. A
 * fact may itself be replaced by one of a higher revision. Then only the result of that one is
 * given again: the result of the replaced fact would come last, and would count in a store if an
 * epoch of revisions began in between.
 *
 * @param coder codes results
 * @param about what a result is about, with an equals: the same for all revisions
 * @param revision which of them it is
 * @param first the result that is given at arrival
 * @param again the result that replaces it
 */
record Revising<OutT>(
    Coder<OutT> coder,
    SerializableFunction<OutT, Object> about,
    SerializableFunction<OutT, Long> revision,
    SerializableFunction<OutT, OutT> first,
    SerializableFunction<OutT, OutT> again)
    implements Serializable {}
