package dhara.transforms.order.pattern;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The events of a match by step: of a whole one, of one that timed out, or of the part that was
 * matched before an event that is asked about. It never changes.
 *
 * @param <E> the event
 */
public final class Match<E> {

  private final EventSteps names;
  private final @Nullable Taken<E> last;
  private final long completeMicros;

  /**
   * Views a chain of events.
   *
   * @param last the end of the chain, or null if nothing was matched yet
   * @param completeMicros when it was complete or timed out; for a part, the time of its last event
   */
  Match(EventSteps names, @Nullable Taken<E> last, long completeMicros) {
    this.names = names;
    this.last = last;
    this.completeMicros = completeMicros;
  }

  /**
   * The events of a step in order; none if the step was left out or not reached.
   *
   * @throws IllegalArgumentException if the pattern has no such step with events
   */
  public List<E> events(String step) {
    int wanted = names.index(step);
    List<E> events = new ArrayList<>();
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      if (taken.step == wanted) {
        events.add(taken.entry.event());
      }
    }
    Collections.reverse(events);
    return events;
  }

  /** The first event of a step. */
  public Optional<E> first(String step) {
    int wanted = names.index(step);
    Taken<E> first = null;
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      if (taken.step == wanted) {
        first = taken;
      }
    }
    return first == null ? Optional.empty() : Optional.of(first.entry.event());
  }

  /** The last event of a step. */
  public Optional<E> last(String step) {
    int wanted = names.index(step);
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      if (taken.step == wanted) {
        return Optional.of(taken.entry.event());
      }
    }
    return Optional.empty();
  }

  /** How many events a step has. */
  public int count(String step) {
    int wanted = names.index(step);
    int count = 0;
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      count += taken.step == wanted ? 1 : 0;
    }
    return count;
  }

  /** All events in order. */
  public List<E> events() {
    List<E> events = new ArrayList<>();
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      events.add(taken.entry.event());
    }
    Collections.reverse(events);
    return events;
  }

  /** The events by step, for the steps that have any, in the order in which they came. */
  public Map<String, List<E>> bySteps() {
    List<Taken<E>> chain = new ArrayList<>();
    for (Taken<E> taken = last; taken != null; taken = taken.before) {
      chain.add(taken);
    }
    Map<String, List<E>> steps = new LinkedHashMap<>();
    for (int i = chain.size() - 1; i >= 0; i--) {
      Taken<E> taken = chain.get(i);
      steps
          .computeIfAbsent(names.name(taken.step), name -> new ArrayList<>())
          .add(taken.entry.event());
    }
    return steps;
  }

  /** The time of the first event; none has been matched before the first step. */
  public Optional<Instant> start() {
    return last == null ? Optional.empty() : Optional.of(instant(last.startMicros()));
  }

  /**
   * The time at which the match was known: that of the event that completed it, or at which its
   * absence or timeout was certain.
   */
  public Instant complete() {
    return instant(completeMicros);
  }

  long completeMicros() {
    return completeMicros;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  @Override
  public String toString() {
    return bySteps().toString();
  }
}
