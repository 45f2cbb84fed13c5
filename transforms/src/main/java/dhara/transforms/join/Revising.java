package dhara.transforms.join;

import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * How a stream gives the result of a fact at its arrival, and again if it settles differently.
 *
 * @param coder codes results
 * @param first the result that is given at arrival
 * @param again the result that replaces it
 */
record Revising<OutT>(
    Coder<OutT> coder,
    SerializableFunction<OutT, OutT> first,
    SerializableFunction<OutT, OutT> again)
    implements Serializable {}
