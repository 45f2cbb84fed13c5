package dhara.transforms.order;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A fold that tells everything that a shell could do wrong: the order of events, each event once,
 * wake-ups in their order with events, and the start from nothing after a silence.
 */
record Probe(Duration keep) implements Fold<Probe.Tick, Probe.Seen, Probe.Said> {

  /**
   * An event.
   *
   * @param wakeMicros when to be woken after it, if no other comes; 0 if never
   * @param ends whether nothing is to be remembered after it
   */
  record Tick(String id, Instant at, String key, long wakeMicros, boolean ends) implements Event {}

  /**
   * What is remembered.
   *
   * @param trail all events and wake-ups since the start
   * @param last the time of the last event
   * @param wake when to be woken
   */
  record Seen(String trail, @Nullable Instant last, @Nullable Instant wake) {}

  /**
   * What is given out.
   *
   * @param of an event's id, or the time of a wake-up
   */
  record Said(String of, Instant at, String trail) {}

  @Override
  public Seen initial() {
    return new Seen("", null, null);
  }

  @Override
  public @Nullable Seen apply(Seen seen, Tick tick, Consumer<Said> out) {
    String trail = seen.trail + " " + tick.id;
    out.accept(new Said(tick.id, tick.at, trail));
    if (tick.ends) {
      return null;
    }
    Instant wake = tick.wakeMicros == 0 ? null : tick.at.plusNanos(1000 * tick.wakeMicros);
    return new Seen(trail, tick.at, wake);
  }

  @Override
  public @Nullable Instant wakeAt(Seen seen) {
    return seen.wake;
  }

  /** Wakes again after twice the time, as long as the state is kept. */
  @Override
  public Seen wake(Seen seen, Instant at, Consumer<Said> out) {
    String trail = seen.trail + " @" + at;
    out.accept(new Said("@" + at, at, trail));
    Instant again = at.plus(Duration.between(seen.last, at));
    return new Seen(trail, seen.last, again.isAfter(seen.last.plus(keep)) ? null : again);
  }
}
