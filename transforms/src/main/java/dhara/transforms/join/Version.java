package dhara.transforms.join;

import dhara.events.Event;
import dhara.records.RecordCoder;
import java.time.Instant;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeParameter;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The value of a key from a time on, until a later version of the key replaces it; or the removal
 * of the key.
 *
 * @param key the key
 * @param at the time from which it holds
 * @param id breaks ties: of two versions with the same time, the one with the greater id holds
 * @param value the value; null if the key was removed
 */
public record Version<T extends Record>(String key, Instant at, String id, @Nullable T value)
    implements Event {

  /** The version of an event, which holds from its own time on. */
  public static <T extends Record & Event> Version<T> of(String key, T event) {
    return new Version<>(key, event.at(), event.id(), event);
  }

  /** Removes the key from a time on. */
  public static <T extends Record> Version<T> removed(String key, Instant at, String id) {
    return new Version<>(key, at, id, null);
  }

  /** The value, if there is one. */
  public Optional<T> held() {
    return Optional.ofNullable(value);
  }

  /** The coder of versions with these values. */
  public static <T extends Record> RecordCoder<Version<T>> coder(Coder<T> values) {
    return RecordCoder.of(
        new TypeDescriptor<Version<T>>() {}.where(
            new TypeParameter<T>() {}, values.getEncodedTypeDescriptor()));
  }
}
