package dhara.tools.redrive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dhara.events.DeadLetter;
import dhara.formats.text.BadEvent;
import dhara.ledger.ReasonCounts;
import dhara.scratch.WholeFile;
import dhara.terminal.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Accounts for every record that the letters stand for: each leaves a redrive by exactly one exit.
 * What was sent is also counted by what sends, and must be the same.
 */
final class RedriveLedger {

  private static final int EXAMPLES = 5;

  /** How a record leaves a redrive. */
  enum Exit {
    /** An event now, or a row that was taken. */
    SENT("sent", "sent"),
    /** Of another input or output, or not asked for. */
    SKIPPED("skipped", "skipped"),
    /** Sent by an earlier redrive, or a copy of a letter. */
    SENT_BEFORE("sent before", "sentBefore"),
    /** Sent as often as {@code --attempts} allows. */
    OVER_THE_CAP("over the cap", "overTheCap"),
    /** Still no event, or a row that was not taken again. */
    STILL_DEAD("still dead", "stillDead"),
    /** No dead letter. */
    UNREADABLE("unreadable", "unreadable");

    private final String label;
    private final String field;

    Exit(String label, String field) {
      this.label = label;
      this.field = field;
    }
  }

  private final String name;
  private final boolean dry;
  private final AtomicLong read = new AtomicLong();
  private final Map<Exit, Map<String, Long>> exits = new EnumMap<>(Exit.class);
  private final List<String> examples = new ArrayList<>();
  private long arrived;

  /**
   * @param name of the input or the output
   * @param dry whether nothing is sent
   */
  RedriveLedger(String name, boolean dry) {
    this.name = name;
    this.dry = dry;
    for (Exit exit : Exit.values()) {
      exits.put(exit, new TreeMap<>());
    }
  }

  /** Counts a letter that was read. */
  void read(DeadLetter letter) {
    read.addAndGet(letter.count());
  }

  /** Counts a letter that leaves, by its reason. */
  void left(Exit exit, DeadLetter letter) {
    leave(exit, letter.reason().name(), letter.count());
  }

  /** Counts a letter that is dead again, by the reason of now. */
  void stillDead(DeadLetter letter, BadEvent why) {
    leave(Exit.STILL_DEAD, why.reason().name(), letter.count());
    example(
        "still dead %s %s %s: %s"
            .formatted(why.reason(), letter.source(), letter.position(), why.getMessage()));
  }

  /** Counts a row that is no dead letter. */
  void unreadable(String why) {
    read.incrementAndGet();
    leave(Exit.UNREADABLE, "NO_LETTER", 1);
    example("unreadable " + why);
  }

  private void example(String line) {
    if (examples.size() < EXAMPLES) {
      examples.add(Printable.line(line));
    }
  }

  private void leave(Exit exit, String reason, long count) {
    exits.get(exit).merge(reason, count, Long::sum);
  }

  /** Takes the count of what sends. */
  void arrived(long count) {
    arrived = count;
  }

  /** How many records were read so far; any thread may ask. */
  long read() {
    return read.get();
  }

  /** How many records left by an exit. */
  long of(Exit exit) {
    return exits.get(exit).values().stream().mapToLong(Long::longValue).sum();
  }

  /** What does not add up; empty if everything does. */
  List<String> leaks() {
    long left = Stream.of(Exit.values()).mapToLong(this::of).sum();
    List<String> leaks = new ArrayList<>();
    if (left != read()) {
      leaks.add("%s: %,d came in, %,d went out".formatted(name, read(), left));
    }
    if (!dry && arrived != of(Exit.SENT)) {
      leaks.add("%s: %,d were sent, %,d arrived".formatted(name, of(Exit.SENT), arrived));
    }
    return leaks;
  }

  /** Prints it: the sum, the reasons, and some of the letters that were not sent. */
  void print(PrintStream out) {
    out.println(this);
    for (Exit exit : List.of(Exit.SENT, Exit.OVER_THE_CAP, Exit.STILL_DEAD)) {
      if (of(exit) > 0) {
        ReasonCounts reasons = new ReasonCounts();
        exits.get(exit).forEach(reasons::add);
        out.println(label(exit) + ": " + reasons);
      }
    }
    examples.forEach(out::println);
    long others = of(Exit.STILL_DEAD) + of(Exit.UNREADABLE) - examples.size();
    if (!examples.isEmpty() && others > 0) {
      out.printf("… and %,d more%n", others);
    }
  }

  private String label(Exit exit) {
    return exit == Exit.SENT && dry ? "would be sent" : exit.label;
  }

  /** Writes it to a file, as JSON. */
  void write(Path file, String analysis) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    WholeFile.write(
        file,
        out -> {
          try (JsonGenerator json = factory.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("analysis", analysis);
            json.writeStringField("name", name);
            json.writeBooleanField("dryRun", dry);
            json.writeNumberField("read", read());
            for (Exit exit : Exit.values()) {
              json.writeNumberField(exit.field, of(exit));
            }
            json.writeBooleanField("balances", leaks().isEmpty());
            json.writeObjectFieldStart("reasons");
            for (Exit exit : Exit.values()) {
              json.writeObjectFieldStart(exit.field);
              for (Map.Entry<String, Long> reason : exits.get(exit).entrySet()) {
                json.writeNumberField(reason.getKey(), reason.getValue());
              }
              json.writeEndObject();
            }
            json.writeEndObject();
            json.writeArrayFieldStart("examples");
            for (String example : examples) {
              json.writeString(example);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
          }
        });
  }

  /** The sum on one line: {@code orders: read 30 = sent 20 + skipped 5 + …}. */
  @Override
  public String toString() {
    return "%s: read %,d = %s"
        .formatted(
            name,
            read(),
            Stream.of(Exit.values())
                .map(exit -> "%s %,d".formatted(label(exit), of(exit)))
                .collect(Collectors.joining(" + ")));
  }
}
