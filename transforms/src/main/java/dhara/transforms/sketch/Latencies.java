package dhara.transforms.sketch;

import dhara.transforms.tally.Average;
import dhara.transforms.tally.Tally;

/**
 * Latencies: their mean, exactly, and their percentiles, within 0.4 %; as a component of a tally.
 *
 * <pre>{@code
 * record Sums(Latencies latencies) {}          // new Sums(Latencies.of(payment.latencyMillis()))
 * new Metrics(sums.latencies().averageMillis(), sums.latencies().quantileMillis(0.95))
 * }</pre>
 *
 * @param average of the milliseconds
 * @param percentiles of the milliseconds
 */
public record Latencies(Average average, Percentiles percentiles) implements Tally<Latencies> {

  /** None. */
  public static final Latencies NONE = new Latencies(Average.NONE, Percentiles.NONE);

  /** One. */
  public static Latencies of(long millis) {
    return new Latencies(Average.of(millis), Percentiles.of(millis));
  }

  @Override
  public Latencies plus(Latencies other) {
    return new Latencies(average.plus(other.average), percentiles.plus(other.percentiles));
  }

  /** How many. */
  public long count() {
    return average.count();
  }

  /** The mean; 0 of none. */
  public double averageMillis() {
    return average.asDouble();
  }

  /** The shortest, which there must be. */
  public long leastMillis() {
    return (long) percentiles.least();
  }

  /** The longest, which there must be. */
  public long greatestMillis() {
    return (long) percentiles.greatest();
  }

  /** See {@link Percentiles#quantile}. */
  public double quantileMillis(double part) {
    return percentiles.quantile(part);
  }
}
