package dhara.transforms.tally;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The exact average of whole numbers, as a component of a tally: their sum and their count. It is
 * rounded only when it is read.
 *
 * <pre>{@code
 * record Sums(Average latencyMillis) {}            // new Sums(Average.of(payment.latencyMillis()))
 * new Metrics(sums.latencyMillis().rounded())
 * }</pre>
 *
 * @param sum the sum of the numbers; an overflow is an {@link ArithmeticException}
 * @param count how many numbers there are
 */
public record Average(long sum, long count) implements Tally<Average> {

  /** The average of no numbers. */
  public static final Average NONE = new Average(0, 0);

  /** The average of one number. */
  public static Average of(long number) {
    return new Average(number, 1);
  }

  @Override
  public Average plus(Average other) {
    return new Average(Math.addExact(sum, other.sum), Math.addExact(count, other.count));
  }

  /**
   * The average, rounded half up: 2.5 becomes 3, and -2.5 becomes -3. 0 if there are no numbers.
   */
  public long rounded() {
    return rounded(RoundingMode.HALF_UP);
  }

  /** The average as a whole number; 0 if there are no numbers. */
  public long rounded(RoundingMode mode) {
    return count == 0
        ? 0
        : BigDecimal.valueOf(sum).divide(BigDecimal.valueOf(count), 0, mode).longValueExact();
  }

  /** The average as the nearest double, if the sum is below 2^53; 0 if there are no numbers. */
  public double asDouble() {
    return count == 0 ? 0 : (double) sum / count;
  }
}
