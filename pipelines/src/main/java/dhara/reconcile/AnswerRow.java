package dhara.reconcile;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An answer as sinks write it, in a form that is equal where the answer is: columns in the order of
 * their names, numbers with one spelling.
 *
 * @param output the output that it belongs to
 * @param key the key's columns, as a JSON object
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision of one key and window the highest is the answer
 * @param order where it stands among rows of its key: on a tie of revisions the largest counts
 * @param value the value's columns, as a JSON object; null for a tombstone: if it is what counts,
 *     there is no answer
 */
public record AnswerRow(
    String output,
    String key,
    Instant start,
    Instant end,
    long revision,
    long order,
    @Nullable String value) {

  /** The revision of a tombstone that names none: it removes all rows that stand before it. */
  static final long ALL_BEFORE = -1;
}
