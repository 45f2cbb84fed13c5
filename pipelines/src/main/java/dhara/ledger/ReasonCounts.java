package dhara.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How many dead letters there are of each reason, as a line for a person. */
public final class ReasonCounts {

  private final Map<String, Long> counts = new TreeMap<>();

  /** Adds dead letters of a reason. */
  public void add(String reason, long count) {
    counts.merge(reason, count, Long::sum);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return counts.isEmpty();
  }

  /** The most frequent first, and by name if equally frequent: {@code EMPTY 3, MALFORMED 1}. */
  @Override
  public String toString() {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(reason -> "%s %,d".formatted(reason.getKey(), reason.getValue()))
        .collect(Collectors.joining(", "));
  }
}
