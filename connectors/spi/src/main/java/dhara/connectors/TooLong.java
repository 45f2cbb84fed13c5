package dhara.connectors;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.LateEvent;
import dhara.transforms.aggregate.Answer;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What becomes of a row that is longer than its topic takes. None may fail the run: whoever can
 * write an event could stop it with one.
 *
 * <ul>
 *   <li>A dead letter keeps its first bytes, with the number and the hash of all; a late event
 *       leaves its text out. Both say where the original is.
 *   <li>An answer becomes a dead letter, and the topic gets a tombstone in its place, so that no
 *       earlier revision is taken for the answer.
 * </ul>
 *
 * @param <T> what is written
 */
public interface TooLong<T> extends Serializable {

  /** The dead letters that a step which writes gives in place of rows. */
  TupleTag<DeadLetter> REPLACED = new TupleTag<>("replaced");

  /**
   * The row made shorter; null where that cannot be.
   *
   * @param excess by how many bytes of JSON at least
   */
  default @Nullable T shortened(T row, int excess) {
    return null;
  }

  /**
   * A dead letter to take its place; null where there is none.
   *
   * @param key the row's key, as JSON
   * @param json the whole row
   * @param topic that cannot take it
   * @param limit bytes of key and value that it takes
   */
  default @Nullable DeadLetter replaced(T row, byte[] key, byte[] json, String topic, int limit) {
    return null;
  }

  /** Nothing: such a row fails the run. */
  static <T> TooLong<T> fails() {
    return new TooLong<>() {
      private static final long serialVersionUID = 1L;
    };
  }

  /** Answers of an output. */
  static <K extends Record, V extends Record> TooLong<Answer<K, V>> answers(String output) {
    return new TooLong<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public DeadLetter replaced(
          Answer<K, V> row, byte[] key, byte[] json, String topic, int limit) {
        return new DeadLetter(
            output,
            Reason.ANSWER_TOO_LONG,
            ("an answer of %,d bytes, and the topic %s takes %,d (its max.message.bytes, or"
                    + " producer.max.request.size); raise that, then backfill %s to %s")
                .formatted(key.length + json.length, topic, limit, row.start(), row.end()),
            "kafka://" + topic,
            "window=%s/%s key=%s".formatted(row.start(), row.end(), DeadLetter.sha256(key)),
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            json);
      }
    };
  }

  /** Dead letters. */
  static TooLong<DeadLetter> deadLetters() {
    return new TooLong<>() {
      private static final long serialVersionUID = 1L;

      /** Base64 writes three bytes as four characters. */
      @Override
      public DeadLetter shortened(DeadLetter row, int excess) {
        int written = (row.bytes().length + 2) / 3 * 4;
        int keep = Math.max(0, (written - excess - MARK) / 4 * 3);
        return row.cut(Arrays.copyOf(row.bytes(), Math.min(keep, row.bytes().length)), TEXT);
      }
    };
  }

  /** Late events. */
  static TooLong<LateEvent> late() {
    return new TooLong<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public LateEvent shortened(LateEvent row, int excess) {
        String id = row.id();
        return new LateEvent(
            row.input(),
            id.length() > TEXT ? id.substring(0, TEXT) + "…" : id,
            row.at(),
            row.windowStart(),
            row.windowEnd(),
            row.lateMillis(),
            row.source(),
            row.position(),
            "");
      }
    };
  }

  /** The columns that say that bytes were cut, as JSON. */
  int MARK = 256;

  /** The most characters of a text that are kept where anything must be cut. */
  int TEXT = 1_000;
}
