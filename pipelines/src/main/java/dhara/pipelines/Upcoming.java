package dhara.pipelines;

import dhara.events.Event;
import dhara.pipelines.Scenario.Given;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * Made-up events that wait for their turn, because their cause makes them ahead of time: the click
 * that follows an impression, the steps of a visit. They leave in the order of their time; those of
 * one time in the order of their inputs' names, then of their ids.
 *
 * <pre>{@code
 * while (!upcoming.anyBefore(now())) { // what is made next may come before those that wait
 *   make();                            // advances now(), and adds
 * }
 * return upcoming.next();
 * }</pre>
 *
 * @param <T> what waits
 */
public final class Upcoming<T> {

  private final Function<T, Instant> at;
  private final PriorityQueue<T> waiting;

  private Upcoming(Function<T, Instant> at, Comparator<T> ofOneTime) {
    this.at = at;
    this.waiting = new PriorityQueue<>(Comparator.comparing(at).thenComparing(ofOneTime));
  }

  /** Events with the input that they are given to; none at first. */
  public static <G extends Given<?>> Upcoming<G> given() {
    return new Upcoming<>(
        given -> given.event().at(),
        Comparator.comparing((G given) -> given.input().name())
            .thenComparing(given -> given.event().id()));
  }

  /** Events of one input; none at first. */
  public static <E extends Event> Upcoming<E> events() {
    return new Upcoming<>(Event::at, Comparator.comparing(Event::id));
  }

  /** Lets an event wait. */
  public void add(T event) {
    waiting.add(event);
  }

  /** Whether an event waits whose time is before this one. */
  public boolean anyBefore(Instant time) {
    T first = waiting.peek();
    return first != null && at.apply(first).isBefore(time);
  }

  /**
   * Takes the first event.
   *
   * @throws java.util.NoSuchElementException if none waits
   */
  public T next() {
    return waiting.remove();
  }
}
