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
 * <p>A transform counts the answers of a key and window, and this count is the revision of what it
 * gives. A sink needs more than a count, because a stream that is restored counts again from its
 * checkpoint on; {@link dhara.transforms.revision.NumberRevisions} makes revisions that only rise.
 *
 * @param key what the answer is about; a record, whose components become columns
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param revision at least 0 and below {@link #REVISIONS}, and higher for each answer of the key
 *     and window than for those that it replaces
 * @param first whether it is the first answer of its key and window, as far as whoever gives it
 *     knows: sliding windows know it of the answers at their end, if there are no early ones
 * @param value the answer; a record, whose components become columns; null only if withdrawn
 */
public record Answer<K, V>(
    K key, Instant start, Instant end, long revision, boolean first, V value) {

  /** Revisions are below this. */
  public static final long REVISIONS = 1L << 62;

  /** Refuses a revision that {@link AnswerCoder} would take for one of its marks. */
  public Answer {
    if (revision < 0 || revision >= REVISIONS) {
      throw new IllegalArgumentException(
          "a revision is at least 0 and below 2^62, but is " + revision);
    }
    if (first && value == null) {
      throw new IllegalArgumentException("nothing was given yet that could be withdrawn");
    }
  }

  /** An answer of a count: the first one if it is 0. */
  public Answer(K key, Instant start, Instant end, long revision, V value) {
    this(key, start, end, revision, revision == 0 && value != null, value);
  }

  /**
   * The first answer about a moment: its window is the millisecond that holds it.
   *
   * @param at when, e.g. the time of the event that it is about
   */
  public static <K, V> Answer<K, V> at(K key, Instant at, V value) {
    Instant start = Instant.ofEpochMilli(at.toEpochMilli());
    return new Answer<>(key, start, start.plusMillis(1), 0, value);
  }

  /**
   * What takes the answer of a key and window back.
   *
   * @param revision higher than that of the answer
   */
  public static <K, V> Answer<K, V> withdrawn(K key, Instant start, Instant end, long revision) {
    return new Answer<>(key, start, end, revision, false, null);
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
    return new Answer<>(key, start, end, newRevision, first, value);
  }

  /** The same answer, known to be the first of its key and window, whatever its revision. */
  public Answer<K, V> asFirst() {
    return new Answer<>(key, start, end, revision, true, value);
  }
}
