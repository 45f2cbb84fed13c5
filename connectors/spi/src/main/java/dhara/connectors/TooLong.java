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
 * What happens to a row that is too long for its topic. It must not fail the run, or anybody who
 * can write an event could stop the run with one.
 *
 * <ul>
 *   <li>A dead letter keeps its first bytes, with the length and the hash of the whole; a late
 *       event leaves its text out. Both say where the original is.
 *   <li>An answer becomes a dead letter, and the topic gets a tombstone instead, so that no earlier
 *       revision is taken for the answer.
 * </ul>
 *
 * @param <T> what is written
 */
public interface TooLong<T> extends Serializable {

  /** The dead letters that a writing step outputs instead of rows. */
  TupleTag<DeadLetter> REPLACED = new TupleTag<>("replaced");

  /**
   * The row made shorter; null if that is impossible.
   *
   * @param excess by how many bytes of JSON at least
   */
  default @Nullable T shortened(T row, int excess) {
    return null;
  }

  /**
   * A dead letter that replaces the row; null if there is none.
   *
   * @param key the row's key, as JSON
   * @param json the whole row
   * @param topic the topic that cannot take it
   * @param limit the most bytes of key and value that the topic takes
   */
  default @Nullable DeadLetter replaced(T row, byte[] key, byte[] json, String topic, int limit) {
    return null;
  }

  /** For rows without a replacement: a row that is too long fails the run. */
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

      /** JSON holds the bytes as Base64, four characters for three bytes. */
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

  /** The size in JSON of the columns that describe the cut. */
  int MARK = 256;

  /** The most characters of a text that are kept if anything must be cut. */
  int TEXT = 1_000;
}
