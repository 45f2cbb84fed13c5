package dhara.transforms.tally;

import dhara.records.RecordCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * A {@code CombineFn} over records of sums: an event becomes a record, records are added up, their
 * sum becomes an answer.
 *
 * <pre>{@code
 * record Sums(long payments, long minor, @Max long largestMinor, Distinct payers) {}
 *
 * TallyFn.of(
 *     Sums.class,
 *     payment -> new Sums(1, payment.minor(), payment.minor(), Distinct.of(payment.payer())),
 *     Metrics.class,
 *     sums -> new Metrics(sums.payments(), sums.minor(), sums.payers().count()))
 * }</pre>
 *
 * <p>The record's components define how two records add up:
 *
 * <table>
 *   <caption>Components and their sums</caption>
 *   <tr><td>{@code long}, {@code int}, {@code BigDecimal}
 *       <td>the sum; an overflow is an {@link ArithmeticException}
 *   <tr><td>marked {@link Min} or {@link Max}: a number, a {@code boolean}, an {@code Instant}, a
 *       {@code String}, whatever has an order
 *       <td>the least or the greatest
 *   <tr><td>marked {@link First} or {@link Last}: a record that is an {@link dhara.events.Event}
 *       <td>the first or the last in event time; at one time, by id
 *   <tr><td>a {@link Tally} that has a constant {@code NONE}
 *       <td>its {@code plus}
 *   <tr><td>another record
 *       <td>component by component
 *   <tr><td>a {@code Map}
 *       <td>key by key
 *   <tr><td>{@code @Nullable}
 *       <td>the same; null counts as no value. Annotated components that are not primitive must be nullable
 * </table>
 *
 * <p>A {@code double} is refused, because its sum would depend on the order. For anything else,
 * write a record that is a {@link Tally} with its own {@code plus}.
 *
 * <p>Data: events → one answer. Time: none. State: one record per key and window, as long as the
 * grouping keeps it. Bad data does not reach it; the grouping handles late data.
 */
public abstract sealed class TallyFn<InT, T extends Record, OutT extends Record>
    extends CombineFn<InT, T, OutT> {

  private static final long serialVersionUID = 1L;

  private final SerializableFunction<InT, T> one;
  private final Class<OutT> out;
  private final SerializableFunction<T, OutT> answer;

  private TallyFn(
      SerializableFunction<InT, T> one, Class<OutT> out, SerializableFunction<T, OutT> answer) {
    this.one = one;
    this.out = out;
    this.answer = answer;
  }

  /**
   * Adds up records by their components, and answers with the sum.
   *
   * @param sums the record that events add up to, which is the answer too
   * @param one the record of a single event
   * @throws IllegalArgumentException naming the component that does not say how it adds up
   */
  public static <InT, T extends Record> TallyFn<InT, T, T> of(
      Class<T> sums, SerializableFunction<InT, T> one) {
    return of(sums, one, sums, sum -> sum);
  }

  /**
   * Adds up records by their components.
   *
   * @param sums the record that events add up to
   * @param one the record of a single event
   * @param out the record that an answer is
   * @param answer the answer of a sum
   * @throws IllegalArgumentException naming the component that does not say how it adds up
   */
  public static <InT, T extends Record, OutT extends Record> TallyFn<InT, T, OutT> of(
      Class<T> sums,
      SerializableFunction<InT, T> one,
      Class<OutT> out,
      SerializableFunction<T, OutT> answer) {
    return new ByComponent<>(sums, one, out, answer);
  }

  /**
   * Adds up tallies by their own plus.
   *
   * @param zero the tally of no events; shared, so it holds nothing mutable
   * @param one the tally of a single event
   * @param out the record type of answers
   * @param answer the answer of a tally
   */
  public static <InT, T extends Record & Tally<T>, OutT extends Record> TallyFn<InT, T, OutT> of(
      T zero,
      SerializableFunction<InT, T> one,
      Class<OutT> out,
      SerializableFunction<T, OutT> answer) {
    return new ByPlus<>(zero, one, out, answer);
  }

  /** The sum of both; may modify the first. */
  abstract T plus(T a, T b);

  @Override
  @SuppressWarnings("ReferenceEquality") // most are zero itself; an equal one adds nothing
  public T addInput(T tally, InT event) {
    T single = one.apply(event);
    return tally == createAccumulator() ? single : plus(tally, single);
  }

  @Override
  public T mergeAccumulators(Iterable<T> tallies) {
    // Starts from the first, which plus may modify, and not from zero, which it would have to copy.
    T sum = null;
    for (T tally : tallies) {
      sum = sum == null ? tally : plus(sum, tally);
    }
    return sum == null ? createAccumulator() : sum;
  }

  @Override
  public OutT extractOutput(T tally) {
    return answer.apply(tally);
  }

  @Override
  @SuppressWarnings("unchecked") // an object's class is the class of its type, T being a record
  public Coder<T> getAccumulatorCoder(CoderRegistry registry, Coder<InT> input) {
    return RecordCoder.of((Class<T>) createAccumulator().getClass());
  }

  @Override
  public Coder<OutT> getDefaultOutputCoder(CoderRegistry registry, Coder<InT> input) {
    return RecordCoder.of(out);
  }

  /** Adds up by the record's own plus. */
  private static final class ByPlus<InT, T extends Record & Tally<T>, OutT extends Record>
      extends TallyFn<InT, T, OutT> {

    private static final long serialVersionUID = 1L;

    private final T zero;

    ByPlus(
        T zero,
        SerializableFunction<InT, T> one,
        Class<OutT> out,
        SerializableFunction<T, OutT> answer) {
      super(one, out, answer);
      this.zero = zero;
    }

    @Override
    public T createAccumulator() {
      return zero;
    }

    @Override
    T plus(T a, T b) {
      return a.plus(b);
    }
  }

  /** Adds up component by component. */
  private static final class ByComponent<InT, T extends Record, OutT extends Record>
      extends TallyFn<InT, T, OutT> {

    private static final long serialVersionUID = 1L;

    private final Class<T> sums;
    private final transient RecordAdder<T> adder;

    ByComponent(
        Class<T> sums,
        SerializableFunction<InT, T> one,
        Class<OutT> out,
        SerializableFunction<T, OutT> answer) {
      super(one, out, answer);
      // First refuses records that cannot be encoded, such as recursive ones.
      RecordCoder.of(sums);
      this.sums = sums;
      this.adder = RecordAdder.of(sums);
    }

    /** Recreates the adder after deserialization. */
    private Object readResolve() {
      return new ByComponent<>(sums, super.one, super.out, super.answer);
    }

    @Override
    public T createAccumulator() {
      return adder.zero();
    }

    @Override
    T plus(T a, T b) {
      return adder.plus(a, b);
    }
  }
}
