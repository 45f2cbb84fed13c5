package dhara.pipelines;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of every event that an input of a run read: each left by exactly one exit.
 *
 * @param input the input
 * @param events how many were read, and how many left by each exit
 */
public record Ledger(String input, Map<Entry, Long> events) {

  /** What the ledger counts: what was read, and the exits. */
  public enum Entry {
    /** Read from the source. */
    READ,
    /** Handed to the analysis. */
    AGGREGATED,
    /** No event: a dead letter. */
    DEAD_LETTERED,
    /** A copy of an event already seen. */
    DUPLICATE,
    /** Outside the range of event time asked for. */
    FILTERED;

    /** As the ledger is read: {@code dead-lettered}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Ledgers from lines {@code INPUT ENTRY COUNT}, by input. */
  static List<Ledger> parse(List<String> lines) {
    Map<String, Map<Entry, Long>> inputs = new TreeMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      inputs
          .computeIfAbsent(words[0], name -> new TreeMap<>())
          .merge(Entry.valueOf(words[1]), Long.valueOf(words[2]), Math::addExact);
    }
    return inputs.entrySet().stream().map(e -> new Ledger(e.getKey(), e.getValue())).toList();
  }

  /** How many; 0 where nothing was counted. */
  public long count(Entry entry) {
    return events.getOrDefault(entry, 0L);
  }

  /** Read, less all that left: 0 if the ledger balances. */
  public long missing() {
    return count(Entry.READ)
        - Arrays.stream(Entry.values()).filter(e -> e != Entry.READ).mapToLong(this::count).sum();
  }

  /** The sum on one line: {@code orders: read 3,000 = aggregated 2,900 + …}. */
  @Override
  public String toString() {
    String exits =
        Arrays.stream(Entry.values())
            .filter(e -> e != Entry.READ)
            .map(e -> "%s %,d".formatted(e.label(), count(e)))
            .collect(Collectors.joining(" + "));
    String sum = "%s: read %,d = %s".formatted(input, count(Entry.READ), exits);
    return missing() == 0 ? sum : sum + ", which leaves %,d unaccounted for".formatted(missing());
  }
}
