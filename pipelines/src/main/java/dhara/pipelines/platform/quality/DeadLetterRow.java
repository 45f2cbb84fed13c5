package dhara.pipelines.platform.quality;

import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A dead letter, as a run writes it; its bytes are not needed.
 *
 * @param id identity, such as source and position
 * @param at when it was read
 * @param input the input that read it; here, the source that is judged
 * @param reason why it is no event
 * @param text the reason in words; it begins with the name of a field if it is about one
 * @param records how many records it stands for; null for one
 */
public record DeadLetterRow(
    String id, Instant at, String input, Reason reason, String text, @Nullable Long records)
    implements Event {

  /** More records than any source has. */
  private static final long MOST = 1_000_000_000_000L;

  public DeadLetterRow {
    if (records != null && (records < 1 || records > MOST)) {
      throw new IllegalArgumentException(
          "a dead letter stands for a record or several, but for " + records);
    }
  }

  long count() {
    return records == null ? 1 : records;
  }

  /** Whether its text is about this field. */
  boolean isAbout(String field) {
    return text.startsWith(field + " ");
  }
}
