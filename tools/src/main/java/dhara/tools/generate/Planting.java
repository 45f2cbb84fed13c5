package dhara.tools.generate;

import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Plants {@link Faults} among the events of one input: takes events in event-time order, and gives
 * lines in order of arrival. It holds the events of one disorder in memory.
 */
final class Planting {

  /** Takes lines, without their line feed. */
  @FunctionalInterface
  interface Lines {
    void accept(byte[] line) throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared by its content
  private record Line(Instant arrival, long order, byte[] bytes) {}

  private final Faults faults;
  private final LineWriter writer;
  private final Lines lines;
  private final SplittableRandom random;
  private final PriorityQueue<Line> underway =
      new PriorityQueue<>(Comparator.comparing(Line::arrival).thenComparing(Line::order));
  private final Map<Reason, Long> deadLetters = new EnumMap<>(Reason.class);
  private final Map<String, Long> planted = new TreeMap<>();
  private long seen;
  private long repeated;
  private long order;

  Planting(Faults faults, LineWriter writer, Lines lines) {
    this.faults = faults;
    this.writer = writer;
    this.lines = lines;
    this.random = new SplittableRandom(faults.seed());
  }

  /**
   * Takes an event that is not older than those before it.
   *
   * @param what what the scenario has planted in it; empty for nothing
   */
  <T extends Record & Event> void event(T event, String what) throws IOException {
    while (!underway.isEmpty() && !underway.peek().arrival.isAfter(event.at())) {
      lines.accept(underway.remove().bytes);
    }
    byte[] line = writer.line(event);
    seen++;
    if (!what.isEmpty()) {
      planted.merge(what, 1L, Long::sum);
    }
    add(event, line);
    if (random.nextDouble() < faults.duplicates()) {
      repeated++;
      add(event, line);
    }
    if (random.nextDouble() < faults.garbage()) {
      Reason kind = Faults.KINDS.get(random.nextInt(Faults.KINDS.size()));
      deadLetters.merge(kind, 1L, Long::sum);
      add(event, Faults.garbage(kind, line));
    }
  }

  private void add(Event event, byte[] bytes) {
    long nanos = faults.disorder().toNanos();
    Instant arrival = nanos == 0 ? event.at() : event.at().plusNanos(random.nextLong(nanos));
    underway.add(new Line(arrival, order++, bytes));
  }

  /** After the last event: gives the remaining lines. */
  Truth end() throws IOException {
    while (!underway.isEmpty()) {
      lines.accept(underway.remove().bytes);
    }
    return new Truth(seen, repeated, deadLetters, planted);
  }

  /**
   * What was planted.
   *
   * @param events distinct events
   * @param duplicates lines that repeat one of them
   * @param deadLetters garbage lines, by the reason that a reader must find
   * @param planted events in which the scenario has planted something, by its kind
   */
  record Truth(
      long events, long duplicates, Map<Reason, Long> deadLetters, Map<String, Long> planted) {

    /** The number of lines, all of which a reader must account for. */
    long lines() {
      return events + duplicates + dead();
    }

    private long dead() {
      return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }

    /** In words, for a person. */
    String said() {
      return "%,d events, %,d duplicates, %,d dead letters".formatted(events, duplicates, dead());
    }
  }
}
