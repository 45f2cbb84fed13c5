package dhara.assembly;

import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.transforms.windows.Windows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run would read, create and write: collected while it is assembled, and shown on request.
 */
final class Plan {

  private record Part(Endpoint endpoint, EventSource<?> source) {}

  private final Map<String, List<Part>> parts = new LinkedHashMap<>();
  private final Map<String, List<Windows>> windows = new LinkedHashMap<>();
  private final Set<String> references = new HashSet<>();
  private final List<String> written = new ArrayList<>();

  /** Adds a source of an input. */
  void reads(String input, Endpoint endpoint, EventSource<?> source) {
    parts.computeIfAbsent(input, i -> new ArrayList<>()).add(new Part(endpoint, source));
  }

  /** How many bytes there are to read; negative if a source does not know. */
  long bytes() {
    long bytes = 0;
    for (List<Part> sources : parts.values()) {
      for (Part part : sources) {
        long each = part.source.bytes();
        if (each < 0) {
          return -1;
        }
        bytes += each;
      }
    }
    return bytes;
  }

  /** Adds the windows of an input's events. */
  void windows(String input, Windows... all) {
    windows.put(input, Arrays.stream(all).distinct().toList());
  }

  /** Marks an input as a reference, whose records hold as of their own times. */
  void holdsAsOfItsTime(String input) {
    references.add(input);
  }

  /**
   * Adds a place that is written to.
   *
   * @param place the folder, the topic or the table itself, in words
   */
  void writes(String output, String place) {
    written.add("Writes " + output + " to " + place);
  }

  /** Adds an output whose answers have effects that a backfill does not let happen. */
  void holdsBack(String output) {
    written.add("Holds back " + output + ", for this is a backfill; --effects=true lets it act");
  }

  /**
   * The plan as lines for a person; queries the sources.
   *
   * @param mapping how fields become components
   * @param tokens what becomes tokens
   */
  List<String> lines(String mapping, Optional<String> tokens, TimeRange range) {
    List<String> lines = new ArrayList<>();
    parts.forEach(
        (input, sources) -> {
          for (Part part : sources) {
            lines.add("Reads " + input + " from " + part.endpoint);
            part.source.found().forEach(found -> lines.add("  " + found));
          }
          lines.add(
              references.contains(input)
                  ? "  a reference: each record holds as of its time"
                  : "  windows: " + String.join("; ", windows(input)));
        });
    lines.add("Fields: " + (mapping.isEmpty() ? "as the components are named" : mapping));
    tokens.ifPresent(lines::add);
    if (!range.equals(TimeRange.ALL)) {
      lines.add("Range: from " + end(range.from()) + " until " + end(range.until()));
    }
    lines.addAll(written);
    return lines;
  }

  private static String end(Instant instant) {
    return instant.equals(Instant.MIN) || instant.equals(Instant.MAX) ? "any" : instant.toString();
  }

  private List<String> windows(String input) {
    return windows.getOrDefault(input, List.of()).stream().map(Windows::toString).toList();
  }
}
