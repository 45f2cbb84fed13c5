package dhara.transforms.order;

import dhara.events.Event;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Logic over the events of one key in the order of (event time, id), in plain Java. {@link InOrder}
 * runs it over streams and backfills.
 *
 * <p>{@link #apply} and {@link #wake} return the next state. The one that they get is not used
 * again, so they may modify it. A null means that nothing has to be remembered: the next event
 * starts from {@link #initial}.
 *
 * <p><b>Silence.</b> If {@link #wakeAt} of the state is set, {@link #wake} is called at that moment
 * of event time, before all events at that moment or later, and after all earlier ones. So a fold
 * can answer that something did not come. A state has one such moment; after each call the new
 * state is asked again.
 *
 * <p><b>Forgetting</b> is part of the definition, so that it cannot change an answer: if a key has
 * no event for longer than {@link #keep}, its state is dropped and its next event starts from
 * {@link #initial}, however long the state was really held.
 *
 * @param <E> the events
 * @param <S> what is remembered of a key
 * @param <O> what is given out
 */
public interface Fold<E extends Event, S, O> extends Serializable {

  /** Earlier events first; at the same time, the one with the smaller id. */
  Comparator<Event> ORDER = Comparator.comparing(Event::at).thenComparing(Event::id);

  /** The state before the first event of a key; a new one each time, if it can be modified. */
  S initial();

  /**
   * Continues with the next event.
   *
   * @param out takes outputs, which get the time of the event
   * @return the new state; null if there is nothing to remember
   */
  @Nullable S apply(S state, E event, Consumer<O> out);

  /**
   * When to call {@link #wake} if no event comes before that: later than the last event of the key,
   * and later than the last call of {@link #wake}, by at most {@link #keep} after the last event;
   * null if never. It is a function of the state alone.
   */
  default @Nullable Instant wakeAt(S state) {
    return null;
  }

  /**
   * Continues at the moment that {@link #wakeAt} has named.
   *
   * @param at that moment
   * @param out takes outputs, which get the time {@code at}
   * @return the new state; null if there is nothing to remember
   */
  default @Nullable S wake(S state, Instant at, Consumer<O> out) {
    throw new IllegalStateException(
        getClass().getName() + " names a time by wakeAt, but has no wake; implement it");
  }

  /** How long after its last event the state of a key still matters. */
  Duration keep();

  /**
   * The time of an output.
   *
   * @param at the time of its event or wake-up
   * @return {@code at}, or up to {@link #earlierBy} before it
   */
  default Instant timeOf(O output, Instant at) {
    return at;
  }

  /**
   * How much earlier than its event or wake-up an output can be. In a stream the watermark is held
   * for such outputs: by this before each waiting event and each wake-up. So a state that can still
   * lead to an earlier output names a wake-up for as long.
   */
  default Duration earlierBy() {
    return Duration.ZERO;
  }

  /** The outputs over all events of one key, the simple way: for tests and small data. */
  default List<O> over(Collection<? extends E> events) {
    List<E> inOrder = new ArrayList<>(events);
    inOrder.sort(ORDER);
    List<O> outputs = new ArrayList<>();
    Steps<E, S, O> steps = new Steps<>(this);
    Steps.Taker<O> taker = (output, at) -> outputs.add(output);
    FoldProgress<S> progress = null;
    for (E event : inOrder) {
      progress = steps.apply(progress, event, taker, taker);
    }
    var unused = progress == null ? null : steps.wakeUntil(progress, Instant.MAX, taker);
    return outputs;
  }
}
