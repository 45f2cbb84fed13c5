package dhara.transforms;

import java.time.Instant;

/**
 * An answer: what is known of a key in a window. A later revision replaces the whole, so that
 * writing by (key, window) settles on the last word, in whatever order a sink sees them.
 *
 * @param key what the answer is about; a record, whose components become columns
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision 0 for the first answer of the key and window, one more for each that replaces it
 * @param value the answer; a record, whose components become columns
 */
public record Answer<K, V>(K key, Instant start, Instant end, long revision, V value) {}
