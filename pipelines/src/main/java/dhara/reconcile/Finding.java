package dhara.reconcile;

import java.util.ArrayList;
import java.util.List;

/**
 * The number of answers of an output with the same result of the comparison, and the worst of them.
 *
 * @param output the output
 * @param kind the result of the comparison
 * @param cause what explains it
 * @param count how many
 * @param worst the worst differences, at most {@link #MOST}
 */
public record Finding(
    String output, Kind kind, Cause.Kind cause, long count, List<Difference> worst) {

  /** How many differences are kept to be shown. */
  public static final int MOST = 10;

  /** The result of comparing two settled answers of one key and window. */
  public enum Kind {
    /** Equal, or within the tolerance. */
    SAME,
    /** Both sides have one. */
    DIFFERS,
    /** B has none. */
    ONLY_IN_A,
    /** A has none. */
    ONLY_IN_B,
    /** Not compared, because its window is not in the range; these are rows, not answers. */
    OUTSIDE,
    /** Not an answer but a dead letter whose time cannot be read, so it explains nothing. */
    UNDATED
  }

  /** The key by which findings are added up. */
  record Of(String output, Kind kind, Cause.Kind cause) {}

  static Finding count(String output, Kind kind, long count) {
    return new Finding(output, kind, Cause.Kind.NONE, count, List.of());
  }

  Of of() {
    return new Of(output, kind, cause);
  }

  /** The same, of one difference, explained. */
  Finding because(Cause.Kind newCause, List<String> ids) {
    return new Finding(output, kind, newCause, count, List.of(worst.get(0).because(ids)));
  }

  /** The sum of both. */
  Finding plus(Finding other) {
    List<Difference> both = new ArrayList<>(worst);
    both.addAll(other.worst);
    both.sort(Difference.WORST_FIRST);
    return new Finding(
        output,
        kind,
        cause,
        Math.addExact(count, other.count),
        List.copyOf(both.subList(0, Math.min(MOST, both.size()))));
  }
}
