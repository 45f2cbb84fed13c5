package dhara.transforms.tally;

/**
 * How many of all: a success rate, a conversion, a click-through rate; as a component of a tally,
 * or made of two counts when the answer is.
 *
 * <pre>{@code
 * record Sums(Rate succeeded) {}                        // new Sums(Rate.of(payment.succeeded()))
 * new Metrics(new Rate(sums.orders(), sums.visitors().count()).percent())
 * }</pre>
 *
 * @param hits those that count; an overflow is an {@link ArithmeticException}
 * @param all all of them; hits may be more, such as clicks on one impression
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

  /** {@code hits / all}, to the nearest double below 2^53 of each; 0 of none. */
  public double share() {
    return all == 0 ? 0 : (double) hits / all;
  }

  /** {@code 100 hits / all}; 0 of none. */
  public double percent() {
    return all == 0 ? 0 : 100.0 * hits / all;
  }
}
