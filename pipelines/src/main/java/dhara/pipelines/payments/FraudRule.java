package dhara.pipelines.payments;

import dhara.events.Event;
import java.time.Instant;

/**
 * A rule from a time on. A rule of which there is no record has its defaults, {@link Name}.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param rule which
 * @param threshold when the rule applies, in the rule's unit, at least zero
 * @param weight how certain fraud is if the rule alone applies, from 0, which turns it off, to 1;
 *     of {@code challenge} and {@code block} it is ignored
 */
public record FraudRule(String id, Instant at, Name rule, double threshold, double weight)
    implements Event {

  /** The rules, with their default thresholds and weights. */
  public enum Name {
    /** More payments of the payer than the threshold in the hour before. */
    high_velocity_1h(10, 0.5),
    /** An amount above the threshold, in minor units. */
    high_amount(5_000_000, 0.3),
    /**
     * Farther than the threshold, in kilometres, from the payer's usual place: the median of the
     * last 20 places from which payments succeeded, if there are 5.
     */
    location_mismatch(100, 0.3),
    /**
     * A device that the payer has not used for as many days as the threshold, which is at most 90.
     * A payer's first device is not new.
     */
    new_device(90, 0.25),
    /**
     * A purchase above the threshold, in minor units, within 10 minutes after another such purchase
     * more than 10 km away.
     */
    impossible_travel(1_000_000, 0.8),
    /** At least as many places as the threshold within 5 minutes. */
    many_places(10, 0.7),
    /**
     * A merchant at which a greater share of payments than the threshold was fraud, among at least
     * 5 in the 7 days that ended 7 days ago.
     */
    risky_merchant(0.2, 0.5),
    /** The score from which on a payment is challenged. */
    challenge(0.3, 0),
    /** The score from which on a payment is blocked. */
    block(0.6, 0);

    private final double threshold;
    private final double weight;

    Name(double threshold, double weight) {
      this.threshold = threshold;
      this.weight = weight;
    }

    double threshold() {
      return threshold;
    }

    double weight() {
      return weight;
    }
  }

  public FraudRule {
    if (!(threshold >= 0 && threshold < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("threshold is not zero or more: " + threshold);
    }
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException("weight is not within 0 and 1: " + weight);
    }
  }
}
