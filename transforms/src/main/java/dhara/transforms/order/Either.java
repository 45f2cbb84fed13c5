package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Instant;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An event of one of two inputs that a {@link Fold} follows in one order. At the same time, events
 * of the first input come before those of the second.
 *
 * @param first an event of the first input, or null
 * @param second an event of the second input if the other is null
 */
public record Either<A extends Event, B extends Event>(@Nullable A first, @Nullable B second)
    implements Event {

  public Either {
    if ((first == null) == (second == null)) {
      throw new IllegalArgumentException(
          "an event is of one input, but has " + first + " and " + second);
    }
  }

  /** An event of the first input. */
  public static <A extends Event, B extends Event> Either<A, B> ofFirst(A event) {
    return new Either<>(event, null);
  }

  /** An event of the second input. */
  public static <A extends Event, B extends Event> Either<A, B> ofSecond(B event) {
    return new Either<>(null, event);
  }

  /**
   * 1 or 2 and the event's own id, so that ids of the inputs may be equal, and the order of all
   * events is one.
   */
  @Override
  public String id() {
    return first == null ? "2" + second.id() : "1" + first.id();
  }

  @Override
  public Instant at() {
    return first == null ? second.at() : first.at();
  }

  /** The coder of events of these two inputs. */
  public static <A extends Event, B extends Event> Coder<Either<A, B>> coder(
      Coder<A> firsts, Coder<B> seconds) {
    return RecordCoder.of(
        new TypeDescriptor<Either<A, B>>() {}.where(
                new TypeParameter<A>() {}, firsts.getEncodedTypeDescriptor())
            .where(new TypeParameter<B>() {}, seconds.getEncodedTypeDescriptor()));
  }
}
