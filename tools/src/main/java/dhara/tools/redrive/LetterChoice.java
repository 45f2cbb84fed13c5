package dhara.tools.redrive;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.options.BadOption;
import dhara.options.Nearest;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which letters a redrive sends.
 *
 * @param name the input that read them, or the output whose rows they are
 * @param reasons their reasons
 * @param from the earliest time at which they were read; null for any
 * @param until they were read before. A letter from after the start of the redrive is left for the
 *     next one: it may be of an event that this one has sent
 */
record LetterChoice(String name, Set<Reason> reasons, @Nullable Instant from, Instant until) {

  /** Reasons that are not of events. */
  private static final Set<Reason> OF_ROWS = EnumSet.of(Reason.ANSWER_TOO_LONG, Reason.UNDELIVERED);

  /**
   * What the user asked for.
   *
   * @param name of the input or the output
   * @param start of the redrive
   * @throws BadOption if a reason is unknown, or not one of such letters
   */
  static LetterChoice of(RedriveOptions options, String name, Instant start) {
    Instant until = options.getSeenUntil();
    return new LetterChoice(
        name,
        reasons(options),
        options.getSeenFrom(),
        until == null || until.isAfter(start) ? start : until);
  }

  private static Set<Reason> reasons(RedriveOptions options) {
    Set<Reason> possible =
        options.getOutput() == null
            ? EnumSet.complementOf(EnumSet.copyOf(OF_ROWS))
            : EnumSet.of(Reason.UNDELIVERED);
    List<String> said = options.getReason();
    if (said == null) {
      return possible;
    }
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    for (String name : said) {
      reasons.add(
          possible.stream()
              .filter(reason -> reason.name().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown(name, possible)));
    }
    return reasons;
  }

  private static BadOption unknown(String name, Set<Reason> possible) {
    boolean ofRows = OF_ROWS.stream().anyMatch(reason -> reason.name().equals(name));
    List<String> names = possible.stream().map(Reason::name).toList();
    return new BadOption(
        "--reason",
        name,
        (ofRows
                ? "is of rows, which --output=NAME sends again if they are UNDELIVERED"
                : Arrays.stream(Reason.values()).anyMatch(reason -> reason.name().equals(name))
                    ? "is of events, and --output sends rows"
                    : "is no reason." + Nearest.question(name, names))
            + "; they are "
            + String.join(", ", names));
  }

  /** Whether a letter is one of them. */
  boolean takes(DeadLetter letter) {
    return letter.input().equals(name)
        && reasons.contains(letter.reason())
        && (from == null || !letter.seenAt().isBefore(from))
        && letter.seenAt().isBefore(until);
  }
}
