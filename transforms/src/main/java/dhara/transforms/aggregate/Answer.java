package dhara.transforms.aggregate;

import java.time.Instant;

/**
 * An answer: what is known of a key in a window. A later revision replaces the whole, so that
 * writing by (key, window) settles on the last word, in whatever order a sink sees them.
 *
 * <p>The last word can also be that there is no answer: a session that has become part of a longer
 * one is <em>withdrawn</em>, that is, answered with {@link #withdrawn}, a tombstone that has a key,
 * a window and a revision, but no value. It replaces the answer like any other revision: what was
 * written for the key and window is to be deleted. Such a key and window may be answered again,
 * with a higher revision, and what was never written may be withdrawn, which changes nothing. Code
 * that takes answers asks {@link #isWithdrawn} before it asks for the value.
 *
 * @param key what the answer is about; a record, whose components become columns
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision at least 0, and higher for each answer of the key and window than for those that
 *     it replaces; 0 if there are none, but for sliding windows that may answer early or late,
 *     whose first answer can have a higher one
 * @param value the answer; a record, whose components become columns; null only if withdrawn
 */
public record Answer<K, V>(K key, Instant start, Instant end, long revision, V value) {

  /** Refuses a negative revision: {@link AnswerCoder} marks tombstones by the sign. */
  public Answer {
    if (revision < 0) {
      throw new IllegalArgumentException("a revision is at least 0, but is " + revision);
    }
  }

  /**
   * What takes the answer of a key and window back.
   *
   * @param revision higher than that of the answer
   */
  public static <K, V> Answer<K, V> withdrawn(K key, Instant start, Instant end, long revision) {
    return new Answer<>(key, start, end, revision, null);
  }

  /** Whether the answer of this key and window was taken back: there is no value. */
  public boolean isWithdrawn() {
    return value == null;
  }

  /**
   * The answer.
   *
   * @throws IllegalStateException if it is withdrawn
   */
  @Override
  public V value() {
    if (value == null) {
      throw new IllegalStateException(
          "the answer of "
              + key
              + " in ["
              + start
              + ", "
              + end
              + ") is withdrawn and has no value; ask isWithdrawn() before value()");
    }
    return value;
  }

  /** The same answer, or the same withdrawal, with another revision. */
  public Answer<K, V> withRevision(long newRevision) {
    return new Answer<>(key, start, end, newRevision, value);
  }
}
