package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is said of a key from a time on: that a value holds, until a later version of the key says
 * something else, or that nothing does.
 *
 * @param key what it is about
 * @param at from when on it holds
 * @param id of two versions with one time the one with the greater id holds
 * @param value what holds; null if nothing does, because the key was removed
 */
public record Version<T extends Record>(String key, Instant at, String id, @Nullable T value)
    implements Event {

  /** Earlier ones first; of those with one time the one that holds is last. */
  static final Comparator<Version<?>> ORDER =
      Comparator.<Version<?>, Instant>comparing(Version::at).thenComparing(Version::id);

  /** Of an event, which holds from its own time on. */
  public static <T extends Record & Event> Version<T> of(String key, T event) {
    return new Version<>(key, event.at(), event.id(), event);
  }

  /** Says that from then on nothing holds of the key. */
  public static <T extends Record> Version<T> removed(String key, Instant at, String id) {
    return new Version<>(key, at, id, null);
  }

  /** What holds, if anything does. */
  public Optional<T> held() {
    return Optional.ofNullable(value);
  }

  /** The coder of versions of these values. */
  public static <T extends Record> RecordCoder<Version<T>> coder(Coder<T> values) {
    return RecordCoder.of(
        new TypeDescriptor<Version<T>>() {}.where(
            new TypeParameter<T>() {}, values.getEncodedTypeDescriptor()));
  }
}
