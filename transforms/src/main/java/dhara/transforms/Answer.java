package dhara.transforms;

import java.time.Instant;

/**
 * An answer: what is known of a key in a window. A later revision replaces the whole, so that
 * writing by (key, window) settles on the last word, in whatever order a sink sees them.
 *
 * @param key what the answer is about; a record, whose components become columns
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision higher for each answer of the key and window than for those that it replaces; 0
 *     if there are none, but for sliding windows that may answer early or late, whose first answer
 *     can have a higher one
 * @param value the answer; a record, whose components become columns
 */
public record Answer<K, V>(K key, Instant start, Instant end, long revision, V value) {}
