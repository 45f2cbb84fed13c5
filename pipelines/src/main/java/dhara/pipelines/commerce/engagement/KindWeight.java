package dhara.pipelines.commerce.engagement;

import dhara.events.Event;
import java.time.Instant;
import java.util.Map;

/**
 * What an interaction of a kind is worth, from a time on. A kind of which there is no record is
 * worth 1 if it is a {@code LIKE}, 2 if it is a {@code SHARE}, 3 if it is a {@code COMMENT}, and
 * nothing otherwise.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param kind the kind of interaction
 * @param weight points for each; below zero for what speaks against engagement
 */
public record KindWeight(String id, Instant at, String kind, double weight) implements Event {

  private static final double MOST = 1_000_000;
  private static final Map<String, Double> DEFAULTS =
      Map.of("LIKE", 1.0, "SHARE", 2.0, "COMMENT", 3.0);

  public KindWeight {
    if (!(Math.abs(weight) <= MOST)) {
      throw new IllegalArgumentException("weight is not within a million of zero: " + weight);
    }
  }

  /** What a kind is worth of which there is no record. */
  static double byDefault(String kind) {
    return DEFAULTS.getOrDefault(kind, 0.0);
  }
}
