package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.tally.TallyFn;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Windows of a key that depend on its events: they close after so many events or some time, or have
 * a width that follows the rate of events. They are the same in streams and backfills, because they
 * follow the order of (event time, id).
 *
 * <p>A window opens with the first event that is in no window. It has the events from then on until
 * its end, which is not included, or until it is full. So the windows of a key do not overlap, and
 * each event is in one of them.
 *
 * <pre>{@code
 * readings.apply(
 *     InOrder.perKey(Reading::sensor)
 *         .fold(EventWindows.countOrTime(100, Duration.ofMinutes(1), TallyFn.of(…))))
 * }</pre>
 *
 * @param <E> the events
 * @param <T> what they add up to
 * @param <V> what is known of a window
 */
public final class EventWindows<E extends Event, T extends Record, V extends Record>
    implements Fold<E, EventWindows.Open<T>, EventWindows.Closed<V>> {

  private static final long serialVersionUID = 1L;

  /**
   * A closed window.
   *
   * @param firstId the id of its first event, because windows of a key can begin at one time
   * @param start time of the first event
   * @param end its end; the time of its last event if it is full
   * @param events how many events it has
   * @param full whether it was closed by their number
   * @param value what is known of its events
   */
  public record Closed<V extends Record>(
      String firstId, Instant start, Instant end, long events, boolean full, V value) {}

  /**
   * A window that is open, or the width of the next one.
   *
   * @param widthMillis the width
   * @param firstId the id of its first event; null if no window is open
   * @param start time of the first event
   * @param events how many events it has
   * @param sum what they add up to
   */
  public record Open<T extends Record>(
      long widthMillis,
      @Nullable String firstId,
      @Nullable Instant start,
      long events,
      @Nullable T sum) {

    private static <T extends Record> Open<T> next(long widthMillis) {
      return new Open<>(widthMillis, null, null, 0, null);
    }
  }

  /** Chooses the width of a key's next window. */
  private sealed interface Rule extends Serializable {

    /** The width of the first window. */
    long first();

    /** The widest. */
    long most();

    /** With so many events a window is full. */
    long full();

    /** The width after a window; 0 if it is the first one again. */
    long next(long widthMillis, long events);
  }

  private record Fixed(long most, long full) implements Rule {

    @Override
    public long first() {
      return most;
    }

    @Override
    public long next(long widthMillis, long events) {
      return 0;
    }
  }

  private record Adapting(long least, long most, long events) implements Rule {

    @Override
    public long first() {
      return least;
    }

    @Override
    public long full() {
      return Long.MAX_VALUE;
    }

    @Override
    public long next(long widthMillis, long had) {
      long wanted = Math.multiplyExact(widthMillis, events) / had;
      long steady = Math.max(widthMillis / 2, Math.min(2 * widthMillis, wanted));
      return Math.max(least, Math.min(most, steady));
    }
  }

  private final Rule rule;
  private final TallyFn<E, T, V> fn;

  private EventWindows(Rule rule, TallyFn<E, T, V> fn) {
    this.rule = rule;
    this.fn = fn;
  }

  /**
   * Windows that close after a number of events or a time, whichever comes first.
   *
   * @param events at least 1
   * @param width the time from the first event
   * @param fn what is known of a window
   */
  public static <E extends Event, T extends Record, V extends Record>
      EventWindows<E, T, V> countOrTime(long events, Duration width, TallyFn<E, T, V> fn) {
    return new EventWindows<>(new Fixed(millis("width", width), atLeastOne(events)), fn);
  }

  /**
   * Windows whose width follows the rate of a key's events: narrow if many come, wide if few do, so
   * that each has about as many.
   *
   * <p>The rule: the first window is {@code least} wide. If a window of width <em>w</em> had
   * <em>n</em> events, the next is <em>w</em> · {@code events} / <em>n</em> wide, in whole
   * milliseconds, but not less than half of <em>w</em>, not more than twice <em>w</em>, and between
   * {@code least} and {@code most}. A key that had no event for {@code most} starts anew.
   *
   * @param least the narrowest window
   * @param most the widest window
   * @param events how many events a window should have, at least 1
   * @param fn what is known of a window
   */
  public static <E extends Event, T extends Record, V extends Record>
      EventWindows<E, T, V> adaptive(
          Duration least, Duration most, long events, TallyFn<E, T, V> fn) {
    if (most.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "the widest window, " + most + ", is narrower than the narrowest, " + least);
    }
    return new EventWindows<>(
        new Adapting(millis("least", least), millis("most", most), atLeastOne(events)), fn);
  }

  private static long millis(String what, Duration width) {
    if (width.toMillis() <= 0) {
      throw new IllegalArgumentException(what + " must be at least a millisecond, but is " + width);
    }
    return width.toMillis();
  }

  private static long atLeastOne(long events) {
    if (events < 1) {
      throw new IllegalArgumentException("a window has at least an event, not " + events);
    }
    return events;
  }

  /** The coder of what is remembered. */
  Coder<Open<T>> states() {
    Coder<T> sums = fn.getAccumulatorCoder(CoderRegistry.createDefault(), null);
    return RecordCoder.of(
        new TypeDescriptor<Open<T>>() {}.where(
            new TypeParameter<T>() {}, sums.getEncodedTypeDescriptor()));
  }

  /** The coder of closed windows. */
  Coder<Closed<V>> outputs() {
    Coder<V> values = fn.getDefaultOutputCoder(CoderRegistry.createDefault(), null);
    return RecordCoder.of(
        new TypeDescriptor<Closed<V>>() {}.where(
            new TypeParameter<V>() {}, values.getEncodedTypeDescriptor()));
  }

  @Override
  public Open<T> initial() {
    return Open.next(rule.first());
  }

  @Override
  public @Nullable Open<T> apply(Open<T> open, E event, Consumer<Closed<V>> out) {
    boolean first = open.sum == null;
    Open<T> more =
        new Open<>(
            open.widthMillis,
            first ? event.id() : open.firstId,
            first ? event.at() : open.start,
            open.events + 1,
            fn.addInput(first ? fn.createAccumulator() : open.sum, event));
    return more.events < rule.full() ? more : close(more, event.at(), true, out);
  }

  @Override
  public @Nullable Instant wakeAt(Open<T> open) {
    return open.start == null ? null : open.start.plusMillis(open.widthMillis);
  }

  @Override
  public @Nullable Open<T> wake(Open<T> open, Instant at, Consumer<Closed<V>> out) {
    return close(open, at, false, out);
  }

  private @Nullable Open<T> close(
      Open<T> open, Instant end, boolean full, Consumer<Closed<V>> out) {
    out.accept(
        new Closed<>(open.firstId, open.start, end, open.events, full, fn.extractOutput(open.sum)));
    long width = rule.next(open.widthMillis, open.events);
    return width == 0 ? null : Open.next(width);
  }

  /** As long as the widest window. */
  @Override
  public Duration keep() {
    return Duration.ofMillis(rule.most());
  }
}
