package dhara.transforms.tally;

/**
 * A share such as a success rate, a conversion or a click-through rate, as a component of a tally,
 * or made from two counts in the answer.
 *
 * <pre>{@code
 * record Sums(Rate succeeded) {}                        // new Sums(Rate.of(payment.succeeded()))
 * new Metrics(new Rate(sums.orders(), sums.visitors().count()).percent())
 * }</pre>
 *
 * @param hits the numerator; an overflow is an {@link ArithmeticException}
 * @param all the denominator; hits may be more, such as clicks on one impression
 */
public record Rate(long hits, long all) implements Tally<Rate> {

  /** Of none. */
  public static final Rate NONE = new Rate(0, 0);

  private static final Rate HIT = new Rate(1, 1);
  private static final Rate MISS = new Rate(0, 1);

  /** Of one. */
  public static Rate of(boolean hit) {
    return hit ? HIT : MISS;
  }

  @Override
  public Rate plus(Rate other) {
    return new Rate(Math.addExact(hits, other.hits), Math.addExact(all, other.all));
  }

  /** {@code hits / all}, the nearest double if both are below 2^53; 0 if {@code all} is 0. */
  public double share() {
    return all == 0 ? 0 : (double) hits / all;
  }

  /** {@code 100 hits / all}; 0 if {@code all} is 0. */
  public double percent() {
    return all == 0 ? 0 : 100.0 * hits / all;
  }
}
