package dhara.tools.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.ReasonCounts;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * The first dead letters of a run, by position, as lines for a person. It holds only those that it
 * shows.
 */
final class DeadLetters {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN = 5;

  private final TreeSet<Letter> first =
      new TreeSet<>(
          Comparator.comparing(Letter::source)
              // Positions end in a number, so the shorter of two is the smaller.
              .thenComparing(letter -> letter.position.length())
              .thenComparing(Letter::position)
              .thenComparing(Letter::text));

  private final ReasonCounts reasons = new ReasonCounts();
  private long count;

  private record Letter(String reason, String source, String position, String text, long records) {}

  /** Takes a dead letter, as JSON. */
  void add(String line) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a dead letter of this run", e);
    }
    long records = json.path("records").asLong(1); // a merged one stands for several
    count += records;
    reasons.add(json.path("reason").asText(), records);
    first.add(
        new Letter(
            json.path("reason").asText(),
            json.path("source").asText(),
            json.path("position").asText(),
            json.path("text").asText(),
            records));
    if (first.size() > SHOWN) {
      first.pollLast();
    }
  }

  /** Prints the first, and how many more there are. */
  void print(Console console) {
    long shown = 0;
    for (Letter letter : first) {
      shown += letter.records;
      console
          .err()
          .printf(
              "dead letter %s %s %s: %s%s%n",
              letter.reason,
              Printable.line(letter.source),
              letter.position,
              Printable.line(letter.text),
              letter.records == 1 ? "" : " (and %,d like it)".formatted(letter.records - 1));
    }
    if (count > shown) {
      console
          .err()
          .printf(
              "… and %,d more (in all %s); --deadLetters=files:DIR keeps them whole%n",
              count - shown, reasons);
    }
  }
}
