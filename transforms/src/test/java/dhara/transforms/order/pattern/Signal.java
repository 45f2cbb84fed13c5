package dhara.transforms.order.pattern;

import dhara.events.Event;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * An event of these tests. Written {@code a1@5}: kind, value and time.
 *
 * @param number which event of its sequence it is
 * @param micros when it happened
 */
record Signal(int number, char kind, int value, long micros) implements Event {

  private static final java.util.regex.Pattern WORD =
      java.util.regex.Pattern.compile("([a-z])(\\d*)(?:@(\\d+))?");

  /** Reads {@code "a1@5 b2@6"}. A signal without a time comes one after the one before. */
  static List<Signal> read(String text) {
    List<Signal> signals = new ArrayList<>();
    long at = 0;
    for (MatchResult word : WORD.matcher(text).results().toList()) {
      at = word.group(3) == null ? at + 1 : Long.parseLong(word.group(3));
      int value = word.group(2).isEmpty() ? 0 : Integer.parseInt(word.group(2));
      signals.add(new Signal(signals.size(), word.group(1).charAt(0), value, at));
    }
    return signals;
  }

  @Override
  public String id() {
    return "%03d".formatted(number);
  }

  @Override
  public Instant at() {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  @Override
  public String toString() {
    return "" + kind + value;
  }
}
