package dhara.pipelines;

import dhara.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes the events of all inputs of an analysis together, so that a click can belong to an
 * impression: for tests, demonstrations and load tests. It depends only on its seed.
 *
 * <pre>{@code
 * Scenario.every(Duration.ofMillis(250), CLICKS,
 *     (id, at, random) -> new Click(id, at, "/cart", random.nextInt(60_000)))
 *
 * Scenario.of(ORDERS, OrderLines::generate)
 *
 * (seed, count) -> visits(seed)
 *     .flatMap(visit -> Stream.of(IMPRESSIONS.given(visit.shown()), CLICKS.given(visit.clicked())))
 *     .limit(count)
 * }</pre>
 */
@FunctionalInterface
public interface Scenario {

  /** The time of the first event of {@link #every}: a Monday. */
  Instant START = Instant.parse("2026-01-05T09:00:00Z");

  /**
   * The first {@code count} events of a seed, over all inputs together, in event-time order. Ids
   * are unique within an input.
   */
  Stream<Given<?>> events(long seed, long count);

  /** Endless events of a seed, in event-time order, as they would happen: for demonstrations. */
  default Stream<Given<?>> endless(long seed) {
    return events(seed, Long.MAX_VALUE);
  }

  /**
   * An event of an input.
   *
   * @param planted what a test should find in it, such as {@code velocity}; empty for nothing
   */
  record Given<T extends Record & Event>(Input<T> input, T event, String planted) {

    /** The same, with something planted: {@code generate} counts it in its truth. */
    public Given<T> planted(String what) {
      return new Given<>(input, event, what);
    }
  }

  /** Makes the events of one input, in event-time order, with unique ids. */
  @FunctionalInterface
  interface Events<T> {
    Stream<T> events(long seed, long count);
  }

  /** Makes one event from an id and a time. */
  @FunctionalInterface
  interface Made<T> {
    T event(String id, Instant at, SplittableRandom random);
  }

  /** The scenario of an analysis with one input. */
  static <T extends Record & Event> Scenario of(Input<T> input, Events<T> events) {
    return (seed, count) -> events.events(seed, count).map(input::given);
  }

  /**
   * A scenario in which a greater count makes busier days, and that therefore has endless events of
   * its own.
   */
  static Scenario of(Scenario counted, LongFunction<Stream<Given<?>>> endless) {
    return new Scenario() {
      @Override
      public Stream<Given<?>> events(long seed, long count) {
        return counted.events(seed, count);
      }

      @Override
      public Stream<Given<?>> endless(long seed) {
        return endless.apply(seed);
      }
    };
  }

  /** One input, with an event at every step of time. */
  static <T extends Record & Event> Scenario every(Duration step, Input<T> input, Made<T> made) {
    return (seed, count) -> {
      SplittableRandom random = new SplittableRandom(seed);
      return LongStream.range(0, count)
          .mapToObj(
              n ->
                  input.given(
                      made.event(
                          "%s-%09d".formatted(input.name(), n + 1),
                          START.plus(step.multipliedBy(n)),
                          random)));
    };
  }

  /** The default scenario, which makes no events. */
  static Scenario none() {
    return (seed, count) -> Stream.empty();
  }

  /** The events of this and another scenario, merged by time. */
  default Scenario and(Scenario other) {
    return of(
        (seed, count) -> merged(events(seed, count), other.events(seed, count)).limit(count),
        seed -> merged(endless(seed), other.endless(seed)));
  }

  private static Stream<Given<?>> merged(Stream<Given<?>> one, Stream<Given<?>> other) {
    return Stream.<Given<?>>generate(new Merged(one.iterator(), other.iterator()))
        .takeWhile(Objects::nonNull);
  }

  /** The events of one input among {@link #events}. */
  default <T extends Record & Event> Stream<T> events(Input<T> input, long seed, long count) {
    return events(seed, count)
        .filter(given -> given.input().name().equals(input.name()))
        .map(given -> input.type().cast(given.event()));
  }

  /** Merges two streams by time; null when both have ended. */
  final class Merged implements Supplier<@Nullable Given<?>> {

    private final Iterator<Given<?>> one;
    private final Iterator<Given<?>> other;
    private @Nullable Given<?> nextOfOne;
    private @Nullable Given<?> nextOfOther;

    private Merged(Iterator<Given<?>> one, Iterator<Given<?>> other) {
      this.one = one;
      this.other = other;
    }

    @Override
    public @Nullable Given<?> get() {
      nextOfOne = nextOfOne == null && one.hasNext() ? one.next() : nextOfOne;
      nextOfOther = nextOfOther == null && other.hasNext() ? other.next() : nextOfOther;
      Given<?> first;
      if (nextOfOther == null
          || (nextOfOne != null && !nextOfOther.event.at().isBefore(nextOfOne.event.at()))) {
        first = nextOfOne;
        nextOfOne = null;
      } else {
        first = nextOfOther;
        nextOfOther = null;
      }
      return first;
    }
  }
}
