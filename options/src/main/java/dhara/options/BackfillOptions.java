package dhara.options;

import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Options for the range of event time, the sources that it is read from, and how a backfill's
 * answers replace earlier ones.
 */
public interface BackfillOptions extends PipelineOptions {

  @Description(
      "Start of the range of event time that counts (inclusive), ISO-8601. A window that is only "
          + "partly in the range has no answer, e.g. --from=2026-10-01T00:00:00Z")
  Instant getFrom();

  void setFrom(Instant value);

  @Description(
      "End of the range of event time that counts (exclusive), ISO-8601, e.g."
          + " --until=2026-11-01T00:00:00Z")
  Instant getUntil();

  void setUntil(Instant value);

  @Description(
      "For an input with two sources (--events given twice), such as an archive and the topic "
          + "that continues it: events before this instant count from the first source, events "
          + "from it on from the second. ISO-8601, e.g. --cutover=2026-11-01T00:00:00Z")
  Instant getCutover();

  void setCutover(Instant value);

  @Description(
      "Which reference records a backfill joins with an event: then, those that were in force "
          + "when the event happened; or now, the newest of each key whatever its time, to see "
          + "what the answers would have been, e.g. --reference=now")
  @Default.Enum("then")
  Reference getReference();

  void setReference(Reference value);

  /** Which reference records events are joined with. */
  enum Reference {
    /** Those in force at the time of the event. */
    then,
    /** The newest of each key. */
    now
  }

  @Description(
      "Leave out the events that a stream found late; the value is its late output. A backfill "
          + "of the same topic (?end=latest) then gives exactly the stream's answers and its "
          + "ledger, e.g."
          + " --without=kafka://broker:9092/answers-late")
  String getWithout();

  void setWithout(String value);

  @Description(
      "At the end of a backfill, print what it changed: its answers are compared with those that "
          + "were in this folder or topic (a URI as for --answers) before anything was written, "
          + "e.g."
          + " --compareTo=kafka://broker:9092/answers")
  String getCompareTo();

  void setCompareTo(String value);

  @Description(
      "Let a backfill over the answers of a stream or of another backfill withdraw those that it"
          + " does not have itself, of windows in its range: a session that has become part of a"
          + " longer one, what a mended analysis no longer answers. Without it they stay. It"
          + " is for topics; a folder is never written over, e.g. --overwrite=true")
  boolean getOverwrite();

  void setOverwrite(boolean value);

  @Description(
      "The revision of a backfill's answers; of two answers for one key and window, the one with "
          + "the higher revision counts. By default 0 in a new folder, and for a topic the start "
          + "of the backfill in epoch microseconds, which is higher than all earlier revisions "
          + "there, e.g."
          + " --revision=7")
  Long getRevision();

  void setRevision(Long value);

  @Description(
      "Let a backfill succeed even if it used none of an input's events. By default it fails if "
          + "an input had events and all were dead letters, duplicates or out of range, e.g. "
          + "--allowUnused=true")
  boolean getAllowUnused();

  void setAllowUnused(boolean value);

  @Description(
      "Let a backfill also write the outputs that have effects, such as alerts. A stream always "
          + "writes them, e.g. --effects=true")
  boolean getEffects();

  void setEffects(boolean value);
}
