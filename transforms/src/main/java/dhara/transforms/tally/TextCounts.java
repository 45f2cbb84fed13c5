package dhara.transforms.tally;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How often each text comes, exact up to a bound of different texts, as a component of a tally: for
 * example the payments of a minute that failed, by code. A {@code Map<String, Long>} counts too,
 * but grows with whatever texts the data have.
 *
 * <pre>{@code
 * record Sums(TextCounts failures) {}                      // new Sums(TextCounts.of(payment.code(), 50))
 * sums.failures().byText().forEach((code, count) -> …)
 * }</pre>
 *
 * <p><b>The bound:</b> if there are more than {@code most} different texts, the first {@code most}
 * in their order are counted one by one, whatever the order of arrival, and the rest together in
 * {@code others}. The counts are exact either way: a text that is among the first of all is among
 * the first of each part.
 *
 * <p><b>State:</b> at most {@code most} texts. <b>Bad data:</b> a null is a {@link
 * NullPointerException}.
 *
 * @param most how many different texts are counted one by one; 0 if there are none, and the same in
 *     all that is added up
 * @param byText how often each of them came
 * @param others how often texts came that are after these in their order
 */
public record TextCounts(int most, Map<String, Long> byText, long others)
    implements Tally<TextCounts> {

  /** Of no texts. */
  public static final TextCounts NONE = new TextCounts(0, Map.of(), 0);

  /**
   * One text.
   *
   * @param most how many different texts are counted one by one, at least 1
   */
  public static TextCounts of(String text, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("counts are of at least 1 text, not " + most);
    }
    return new TextCounts(most, Map.of(Objects.requireNonNull(text), 1L), 0);
  }

  /**
   * The counts of both.
   *
   * @throws IllegalArgumentException if both have texts and different bounds
   */
  @Override
  public TextCounts plus(TextCounts other) {
    if (other.most == 0 || most == 0) {
      return most == 0 ? other : this;
    }
    if (most != other.most) {
      throw new IllegalArgumentException(
          "counts of %d and %d texts do not add up; make both with one bound"
              .formatted(most, other.most));
    }
    TreeMap<String, Long> both = new TreeMap<>(byText);
    other.byText.forEach((text, count) -> both.merge(text, count, Math::addExact));
    long rest = Math.addExact(others, other.others);
    while (both.size() > most) {
      rest = Math.addExact(rest, both.pollLastEntry().getValue());
    }
    return new TextCounts(most, both, rest);
  }
}
