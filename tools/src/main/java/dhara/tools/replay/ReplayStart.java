package dhara.tools.replay;

import dhara.options.BadOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * When a replay starts, in event time. The events before its start are its history: they are sent
 * at once, and the others at the pace of {@code --speed}.
 *
 * @param at the time to which the start is moved; empty if events keep their times
 * @param history how long after the first event the start is
 */
record ReplayStart(Optional<Instant> at, Duration history) {

  private static final String NOW = "now";

  /**
   * The start that the user asked for.
   *
   * @throws BadOption if it is no time, or there is a history without a use
   */
  static ReplayStart of(ReplayOptions options) {
    Duration history = options.getHistory();
    Optional<Instant> at = Optional.ofNullable(options.getStartAt()).map(ReplayStart::time);
    if (history.isNegative()) {
      throw new BadOption("--history", history, "is below zero, e.g. --history=PT30M");
    } else if (!history.isZero() && at.isEmpty() && options.getSpeed() == null) {
      throw new BadOption(
          "--history",
          history,
          "is the part that is sent at once, and without --speed everything is; add --speed=1");
    }
    return new ReplayStart(at, history);
  }

  private static Instant time(String text) {
    if (text.equals(NOW)) {
      return Instant.now();
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadOption(
          "--startAt",
          text,
          "is no time; write now, or an instant such as 2026-01-05T09:00:00Z",
          e);
    }
  }

  /** Whether events are moved. */
  boolean moves() {
    return at.isPresent();
  }

  /** How far events are moved of which the first has this time. */
  TimeShift shift(Instant first) {
    return at.map(to -> TimeShift.by(Duration.between(first.plus(history), to)))
        .orElse(TimeShift.NONE);
  }
}
