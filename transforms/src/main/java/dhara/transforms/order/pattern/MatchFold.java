package dhara.transforms.order.pattern;

import dhara.events.Event;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A pattern as a fold over the events of a key: remembers the partial matches, and gives out what
 * is made of each match and, if wanted, of each partial match that timed out.
 *
 * <p>The state of a key is forgotten when no event came for the pattern's {@code within}: then all
 * its partial matches have timed out.
 */
final class MatchFold<E extends Event, K, O> implements Fold<E, Partials<E>, O> {

  private static final long serialVersionUID = 1L;

  private final Pattern<E> pattern;
  private final SerializableFunction<E, K> key;
  private final SerializableFunction<Match<E>, O> match;
  private final @Nullable SerializableFunction<Match<E>, O> timedOut;
  private final int most;
  private transient @Nullable Matcher<E> matcher;

  MatchFold(
      Pattern<E> pattern,
      SerializableFunction<E, K> key,
      SerializableFunction<Match<E>, O> match,
      @Nullable SerializableFunction<Match<E>, O> timedOut,
      int most) {
    this.pattern = pattern;
    this.key = key;
    this.match = match;
    this.timedOut = timedOut;
    this.most = most;
  }

  /** Built where it runs: it holds what is known of the current event. */
  private Matcher<E> matcher() {
    if (matcher == null) {
      matcher = Matcher.of(Automaton.of(pattern), most);
    }
    return matcher;
  }

  @Override
  public Partials<E> initial() {
    return new Partials<>();
  }

  @Override
  public @Nullable Partials<E> apply(Partials<E> partials, E event, Consumer<O> out) {
    try {
      matcher().next(partials, event, micros(event.at()), output(out));
    } catch (TooManyPartials e) {
      throw e.of(key.apply(event));
    }
    return partials.isEmpty() ? null : partials;
  }

  /** Only if time alone makes an output: expired partial matches are dropped at the next event. */
  @Override
  public @Nullable Instant wakeAt(Partials<E> partials) {
    long deadline = matcher().deadline(partials);
    boolean speaks = timedOut != null || matcher().automaton().speaksOfTime();
    return speaks && deadline != Long.MAX_VALUE
        ? Instant.EPOCH.plus(deadline, ChronoUnit.MICROS)
        : null;
  }

  @Override
  public @Nullable Partials<E> wake(Partials<E> partials, Instant at, Consumer<O> out) {
    matcher().advance(partials, micros(at), output(out));
    return partials.isEmpty() ? null : partials;
  }

  @Override
  public Duration keep() {
    return Duration.of(pattern.withinMicros(), ChronoUnit.MICROS);
  }

  private Matcher.Output<E> output(Consumer<O> out) {
    return new Matcher.Output<>() {
      @Override
      public void match(Match<E> found) {
        out.accept(match.apply(found));
      }

      @Override
      public void timedOut(Match<E> partial) {
        if (timedOut != null) {
          out.accept(timedOut.apply(partial));
        }
      }
    };
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  @Override
  public String toString() {
    return "pattern " + pattern;
  }
}
