package dhara.reconcile;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An answer as sinks write it, in a canonical form: equal answers are equal rows, with columns in
 * the order of their names, and one spelling of numbers.
 *
 * @param output the output that it belongs to
 * @param key the key's columns, as a JSON object
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision the highest one of a key and window is the answer
 * @param order its position among rows of its key: if revisions are equal, the largest counts
 * @param value the value's columns, as a JSON object; null for a tombstone; if the tombstone
 *     counts, there is no answer
 */
public record AnswerRow(
    String output,
    String key,
    Instant start,
    Instant end,
    long revision,
    long order,
    @Nullable String value) {

  /** The revision of a tombstone without one: it removes all rows before it. */
  static final long ALL_BEFORE = -1;
}
