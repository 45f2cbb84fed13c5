package dhara.transforms.call;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A recorded call. A stream writes it as an answer about the event that asked, and a backfill reads
 * that row as an event.
 *
 * <p><b>Which of two records counts.</b> A stream that is restored from a checkpoint asks again for
 * the events since, and may be told something else. Both calls are then recorded, and the one with
 * the higher revision counts, as for every answer. It is the one that the settled answers of the
 * stream were made of, because the revision of both rises with each restore ({@link
 * dhara.transforms.revision.NumberRevisions}). The id ends with the revision, so that of the
 * records of one event, which have one time, the greatest id is the one that counts.
 *
 * @param id identity; a row without one gets it from the event and the revision
 * @param at the time of the event that asked
 * @param event the id of that event
 * @param revision of the row; the record with the highest one counts
 * @param service the service, without secrets
 * @param key what it was asked about
 * @param outcome what came of it
 * @param body what the service answered; null unless it was found
 * @param askedAt when it was asked, by the clock of a worker; no answer depends on it
 */
public record CallRecord(
    @Nullable String id,
    Instant at,
    String event,
    long revision,
    String service,
    String key,
    CallOutcome outcome,
    @Nullable String body,
    Instant askedAt)
    implements Event {

  public CallRecord {
    if (revision < 0 || revision >= Answer.REVISIONS) {
      throw new IllegalArgumentException("a revision is at least 0 and below 2^62: " + revision);
    }
    if ((outcome == CallOutcome.FOUND) != (body != null)) {
      throw new IllegalArgumentException("only what was found has a body: " + outcome);
    }
    if (outcome == CallOutcome.UNRECORDED) {
      throw new IllegalArgumentException("what is recorded is not " + outcome);
    }
    id = id == null ? "%s@%019d".formatted(event, revision) : id;
  }

  /** What a recorded call is about: the event that asked. */
  public record Asking(String event) {}

  /** The other columns of a recorded call. */
  public record Said(
      Instant at,
      String service,
      String key,
      CallOutcome outcome,
      @Nullable String body,
      Instant askedAt) {}

  /** The record of a call as a stream writes it. */
  static Answer<Asking, Said> answer(Event event, String service, String key, ServiceReply reply) {
    return Answer.at(
        new Asking(event.id()),
        event.at(),
        new Said(event.at(), service, key, reply.outcome(), reply.body(), reply.askedAt()));
  }
}
