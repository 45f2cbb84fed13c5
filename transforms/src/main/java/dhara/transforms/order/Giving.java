package dhara.transforms.order;

import dhara.transforms.aggregate.Answer;
import java.io.Serializable;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes an element of an output of a fold.
 *
 * @param <K> the key of the fold
 * @param <O> what the fold gives out
 * @param <OUT> the element
 */
sealed interface Giving<K, O, OUT> extends Serializable {

  /** Whether {@link #of} needs the key; decoding it costs time. */
  boolean needsKey();

  /**
   * The element of an output.
   *
   * @param key null if it is not needed
   */
  OUT of(@Nullable K key, O output);

  /**
   * The element of an output of an event that has only arrived. A stream that failed meanwhile may
   * have given another one, or one where there is none now.
   *
   * @param key null if it is not needed
   */
  OUT atArrival(@Nullable K key, O output);

  /**
   * Corrects the outputs that an event had at its arrival.
   *
   * @param key null if it is not needed
   * @param given those outputs
   * @param settled those that it has
   * @param same whether two outputs are the same
   * @param out takes the corrections
   */
  void correct(
      @Nullable K key, List<O> given, List<O> settled, BiPredicate<O, O> same, Consumer<OUT> out);

  /** The output itself. */
  record Plain<K, O>() implements Giving<K, O, O> {

    @Override
    public boolean needsKey() {
      return false;
    }

    @Override
    public O of(@Nullable K key, O output) {
      return output;
    }

    @Override
    public O atArrival(@Nullable K key, O output) {
      throw new IllegalStateException("only answers can be given at arrival");
    }

    @Override
    public void correct(
        @Nullable K key, List<O> given, List<O> settled, BiPredicate<O, O> same, Consumer<O> out) {
      throw new IllegalStateException("only answers can be corrected");
    }
  }

  /** An answer, which a later revision may replace. */
  record AsAnswer<K, O, A, V>(SerializableBiFunction<K, O, Answer<A, V>> answer)
      implements Giving<K, O, Answer<A, V>> {

    @Override
    public boolean needsKey() {
      return true;
    }

    @Override
    public Answer<A, V> of(@Nullable K key, O output) {
      Answer<A, V> made = answer.apply(key, output);
      if (made.isWithdrawn() || made.revision() != 0) {
        throw new IllegalStateException(
            "an output becomes an answer of revision 0, which has a value, but it became " + made);
      }
      return made;
    }

    /** The answer, of which it is not known that it is the first. */
    @Override
    public Answer<A, V> atArrival(@Nullable K key, O output) {
      Answer<A, V> made = of(key, output);
      return new Answer<>(made.key(), made.start(), made.end(), 0, false, made.value());
    }

    @Override
    public void correct(
        @Nullable K key,
        List<O> given,
        List<O> settled,
        BiPredicate<O, O> same,
        Consumer<Answer<A, V>> out) {
      if (alike(given, settled, same)) {
        return;
      }
      List<Answer<A, V>> before = given.stream().map(output -> atArrival(key, output)).toList();
      List<Answer<A, V>> after = settled.stream().map(output -> atArrival(key, output)).toList();
      for (int i = 0; i < before.size(); i++) {
        Answer<A, V> old = before.get(i);
        int now = indexOf(old, after);
        if (now < 0) {
          out.accept(Answer.withdrawn(old.key(), old.start(), old.end(), 1));
        } else if (!same.test(given.get(i), settled.get(now))) {
          out.accept(
              new Answer<>(old.key(), old.start(), old.end(), 1, false, after.get(now).value()));
        }
      }
      for (Answer<A, V> answer : after) {
        if (indexOf(answer, before) < 0) {
          out.accept(answer);
        }
      }
    }

    private static <O> boolean alike(List<O> given, List<O> settled, BiPredicate<O, O> same) {
      if (given.size() != settled.size()) {
        return false;
      }
      for (int i = 0; i < given.size(); i++) {
        if (!same.test(given.get(i), settled.get(i))) {
          return false;
        }
      }
      return true;
    }

    /** The index of the answer with the key and window of another; -1 if there is none. */
    private static <A, V> int indexOf(Answer<A, V> of, List<Answer<A, V>> answers) {
      for (int i = 0; i < answers.size(); i++) {
        Answer<A, V> other = answers.get(i);
        if (other.key().equals(of.key())
            && other.start().equals(of.start())
            && other.end().equals(of.end())) {
          return i;
        }
      }
      return -1;
    }
  }
}
