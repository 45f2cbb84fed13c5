package dhara.transforms;

import dhara.records.RecordCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * A {@link Tally} as Beam combines it: an event becomes a tally of one, tallies add up, their sum
 * becomes an answer.
 *
 * <p>Data: events → one answer. Time: none. State: one tally, for as long as the grouping keeps it.
 * Bad or late data: none reaches it, or as the grouping decides.
 *
 * <pre>{@code TallyFn.of(BarTally.ZERO, BarTally::of, Bar.class, BarTally::bar)}</pre>
 */
public final class TallyFn<InT, T extends Record & Tally<T>, OutT extends Record>
    extends CombineFn<InT, T, OutT> {

  private static final long serialVersionUID = 1L;

  private final T zero;
  private final SerializableFunction<InT, T> one;
  private final Class<OutT> out;
  private final SerializableFunction<T, OutT> answer;

  private TallyFn(
      T zero,
      SerializableFunction<InT, T> one,
      Class<OutT> out,
      SerializableFunction<T, OutT> answer) {
    this.zero = zero;
    this.one = one;
    this.out = out;
    this.answer = answer;
  }

  /**
   * Adds up.
   *
   * @param zero the tally of no events; shared, so it holds nothing mutable
   * @param one the tally of a single event
   * @param out the record that an answer is
   * @param answer the answer of a tally
   */
  public static <InT, T extends Record & Tally<T>, OutT extends Record> TallyFn<InT, T, OutT> of(
      T zero,
      SerializableFunction<InT, T> one,
      Class<OutT> out,
      SerializableFunction<T, OutT> answer) {
    return new TallyFn<>(zero, one, out, answer);
  }

  @Override
  public T createAccumulator() {
    return zero;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // most are zero itself; another equal to it adds nothing
  public T addInput(T tally, InT event) {
    T single = one.apply(event);
    return tally == zero ? single : tally.plus(single);
  }

  @Override
  public T mergeAccumulators(Iterable<T> tallies) {
    // Starts from the first, which plus may add to, and not from zero, which it would copy.
    T sum = null;
    for (T tally : tallies) {
      sum = sum == null ? tally : sum.plus(tally);
    }
    return sum == null ? zero : sum;
  }

  @Override
  public OutT extractOutput(T tally) {
    return answer.apply(tally);
  }

  @Override
  @SuppressWarnings("unchecked") // an object's class is the class of its type, T being a record
  public Coder<T> getAccumulatorCoder(CoderRegistry registry, Coder<InT> input) {
    return RecordCoder.of((Class<T>) zero.getClass());
  }

  @Override
  public Coder<OutT> getDefaultOutputCoder(CoderRegistry registry, Coder<InT> input) {
    return RecordCoder.of(out);
  }
}
