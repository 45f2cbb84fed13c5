package dhara.ledger;

import dhara.options.BadOption;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How many dead letters an input may have: {@code --maxDeadLetters=100}, or {@code =1%} of what was
 * read. It is checked with the ledger, in which a retry cannot count twice.
 *
 * @param said the option's text
 * @param most how many, or the percentage
 * @param share whether it is a percentage
 */
public record DeadLetterLimit(String said, BigDecimal most, boolean share) implements Serializable {

  private static final String OPTION = "--maxDeadLetters";
  private static final Pattern FORM = Pattern.compile("(\\d{1,18}|\\d{1,3}\\.\\d{1,6}(?=%))(%?)");
  private static final BigDecimal ALL = BigDecimal.valueOf(100);

  /** The least number of events of a stream for which a percentage is meaningful. */
  static final long SAMPLE = 1_000;

  /**
   * Reads the option; empty if it was not given.
   *
   * @throws BadOption if it is neither a number nor a percentage
   */
  public static Optional<DeadLetterLimit> of(@Nullable String said) {
    if (said == null) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(said);
    if (form.matches()) {
      BigDecimal most = new BigDecimal(form.group(1));
      boolean share = !form.group(2).isEmpty();
      if (!share || most.compareTo(ALL) <= 0) {
        return Optional.of(new DeadLetterLimit(said, most, share));
      }
    }
    throw new BadOption(
        OPTION, said, "is neither a number nor a share, e.g. --maxDeadLetters=100 or =1%");
  }

  /** The error if the ledger of a finished run exceeds it; otherwise empty. */
  public Optional<String> exceeded(Ledger ledger) {
    BigDecimal dead = BigDecimal.valueOf(ledger.deadLettered());
    boolean beyond =
        share
            ? dead.multiply(ALL).compareTo(most.multiply(BigDecimal.valueOf(ledger.read()))) > 0
            : dead.compareTo(most) > 0;
    return beyond
        ? Optional.of(
            "%s: %,d of %,d events are dead letters, more than %s=%s allows"
                .formatted(ledger.input(), ledger.deadLettered(), ledger.read(), OPTION, said))
        : Optional.empty();
  }

  /**
   * The same for a stream's ledger so far; a percentage is checked once there are enough events.
   */
  Optional<String> exceededSoFar(Ledger ledger) {
    return share && ledger.read() < SAMPLE ? Optional.empty() : exceeded(ledger);
  }
}
