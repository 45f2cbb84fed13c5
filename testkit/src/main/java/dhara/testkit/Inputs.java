package dhara.testkit;

import dhara.events.Event;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The events of all inputs of an analysis, each once.
 *
 * @param events by the name of their input
 */
public record Inputs(Map<String, List<? extends Record>> events) {

  /** The events of an analysis' scenario for a seed; an input without events has an empty list. */
  public static Inputs of(Analysis<?> analysis, long seed, long count) {
    Map<String, List<Record>> events = new LinkedHashMap<>();
    analysis.inputs().forEach(input -> events.put(input.name(), new ArrayList<>()));
    analysis
        .scenario()
        .events(seed, count)
        .forEach(given -> events.get(given.input().name()).add(given.event()));
    return new Inputs(new LinkedHashMap<>(events));
  }

  /** The inputs of an analysis with one input. */
  public static Inputs of(Input<?> input, List<? extends Record> events) {
    return new Inputs(Map.of(input.name(), events));
  }

  /** The events of an input. */
  public <T extends Record & Event> List<T> of(String input, Class<T> type) {
    if (!events.containsKey(input)) {
      throw new AssertionError("no input " + input + "; there are " + events.keySet());
    }
    return events.get(input).stream().map(type::cast).toList();
  }

  /** The events of an input, of whatever type. */
  public List<? extends Record> of(Input<?> input) {
    return events.get(input.name());
  }

  /** The same without some events of an input, given by their ids. */
  public Inputs without(Input<?> input, Set<String> ids) {
    Map<String, List<? extends Record>> rest = new LinkedHashMap<>(events);
    rest.put(
        input.name(),
        of(input).stream().filter(event -> !ids.contains(((Event) event).id())).toList());
    return new Inputs(rest);
  }

  /** The time from the first event to the last. */
  public Duration span() {
    Instant first = all().map(Event::at).min(Comparator.naturalOrder()).orElseThrow();
    return Duration.between(
        first, all().map(Event::at).max(Comparator.naturalOrder()).orElseThrow());
  }

  /** The events of all inputs, each input's in its own order. */
  public Stream<Event> all() {
    return events.values().stream().flatMap(List::stream).map(Event.class::cast);
  }
}
