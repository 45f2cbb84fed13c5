package dhara.connectors.reading;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where records come from, as dead letters, late events and removals say it. It is asked only about
 * those, so an event that is on time costs no text.
 *
 * @param <R> the records of the client library, or of the file
 */
public interface Origin<R> {

  /** The source: a file's URI, or {@code kafka://topic}. */
  String source();

  /** The position of a record in it: {@code byte=1234}, or {@code partition=3 offset=77}. */
  String position(R record);

  /** The key of a record, which a tombstone of a reference removes; null if it has none. */
  default @Nullable String key(R record) {
    return null;
  }
}
