package dhara.transforms.tally;

import java.util.ArrayList;
import java.util.List;

/**
 * The best few of many values, best first, as a component of a tally: the first ones in the order
 * of {@code V}, as if all were sorted and the list were truncated.
 *
 * <pre>{@code
 * record Bid(long cents, String bidder) implements Comparable<Bid> {
 *   public int compareTo(Bid other) {                                    // dearest first, then by name
 *     return Comparator.comparingLong(Bid::cents).reversed().thenComparing(Bid::bidder)
 *         .compare(this, other);
 *   }
 * }
 *
 * record Sums(Best<Bid> bids) {}                                          // new Sums(Best.of(bid, 10))
 * }</pre>
 *
 * <p><b>Ties:</b> the order must be consistent with equals; otherwise the order of arrival would
 * decide which of two values is kept. Equal values are all kept.
 *
 * <p><b>State:</b> at most {@code most} values; one that is not among the best costs a comparison.
 *
 * @param most how many are kept, 0 if there are no values; the same in all values that are added up
 * @param values the best, best first
 */
public record Best<V extends Comparable<V>>(int most, List<V> values) implements Tally<Best<V>> {

  /** No values. */
  public static final Best<?> NONE = new Best<String>(0, List.of());

  /** No values of this type. */
  @SuppressWarnings("unchecked") // it has no values of any other
  public static <V extends Comparable<V>> Best<V> none() {
    return (Best<V>) NONE;
  }

  /**
   * One value.
   *
   * @param most how many are kept, at least 1
   */
  public static <V extends Comparable<V>> Best<V> of(V value, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("the best of some are at least 1, not " + most);
    }
    return new Best<>(most, List.of(value));
  }

  /**
   * The best of both.
   *
   * @throws IllegalArgumentException if both have values and keep different numbers
   */
  @Override
  public Best<V> plus(Best<V> other) {
    if (other.most == 0 || most == 0) {
      return most == 0 ? other : this;
    }
    if (most != other.most) {
      throw new IllegalArgumentException(
          "the best " + most + " and the best " + other.most + " do not add up; keep one number");
    }
    if (values.size() == most && values.get(most - 1).compareTo(other.values.get(0)) <= 0) {
      return this;
    }
    List<V> best = new ArrayList<>(Math.min(most, values.size() + other.values.size()));
    int a = 0;
    int b = 0;
    while (best.size() < most && (a < values.size() || b < other.values.size())) {
      boolean mine =
          b == other.values.size()
              || (a < values.size() && values.get(a).compareTo(other.values.get(b)) <= 0);
      best.add(mine ? values.get(a++) : other.values.get(b++));
    }
    return new Best<>(most, best);
  }
}
