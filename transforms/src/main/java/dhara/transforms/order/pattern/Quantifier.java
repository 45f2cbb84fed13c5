package dhara.transforms.order.pattern;

import java.io.Serializable;

/**
 * How often a step occurs.
 *
 * @param least how often at least, unless the step is left out
 * @param most how often at most
 * @param counted whether the numbers were declared
 * @param optional whether the step may be left out
 * @param greedy whether the next step must wait while the step could occur again
 * @param inner how its further events follow each other
 */
record Quantifier(
    int least, int most, boolean counted, boolean optional, boolean greedy, Contiguity inner)
    implements Serializable {

  static final int UNBOUNDED = Integer.MAX_VALUE;

  static final Quantifier ONCE = new Quantifier(1, 1, false, false, false, Contiguity.RELAXED);

  boolean loops() {
    return most == UNBOUNDED;
  }

  /** Whether the number of occurrences is open, not counting that the step may be left out. */
  boolean varies() {
    return least != most;
  }

  Quantifier times(int from, int to) {
    return new Quantifier(Math.max(1, from), to, true, optional || from == 0, greedy, inner);
  }

  Quantifier asOptional() {
    return new Quantifier(least, most, counted, true, greedy, inner);
  }

  Quantifier asGreedy() {
    return new Quantifier(least, most, counted, optional, true, inner);
  }

  Quantifier repeating(Contiguity between) {
    return new Quantifier(least, most, counted, optional, greedy, between);
  }

  /** As in a regular expression: nothing, {@code ?}, {@code +}, {@code *}, {@code {2,3}}. */
  @Override
  public String toString() {
    if (loops()) {
      return least == 1 ? (optional ? "*" : "+") : "{" + least + ",}" + (optional ? "?" : "");
    }
    if (most == 1) {
      return optional ? "?" : "";
    }
    return "{" + least + (varies() ? "," + most : "") + "}" + (optional ? "?" : "");
  }
}
