package dhara.options;

import java.time.Instant;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Which range of event time counts, from which sources it comes, and how a backfill's answers take
 * the place of earlier ones.
 */
public interface BackfillOptions extends PipelineOptions {

  @Description(
      "Start of the range of event time that counts (inclusive), ISO-8601. A window that the range"
          + " does not wholly hold has no answer, e.g. --from=2026-10-01T00:00:00Z")
  Instant getFrom();

  void setFrom(Instant value);

  @Description(
      "End of the range of event time that counts (exclusive), ISO-8601, e.g."
          + " --until=2026-11-01T00:00:00Z")
  Instant getUntil();

  void setUntil(Instant value);

  @Description(
      "Where an input is read from two sources, --events given twice: of the first the events"
          + " before this moment count, of the second those at and after it, e.g. an archive and"
          + " the topic that goes on from it. ISO-8601, e.g. --cutover=2026-11-01T00:00:00Z")
  Instant getCutover();

  void setCutover(Instant value);

  @Description(
      "As of when a backfill sees reference inputs: then, as each was when the event happened; or"
          + " now, the newest of each key whatever its time, to see what the answers would have"
          + " been, e.g. --reference=now")
  @Default.Enum("then")
  Reference getReference();

  void setReference(Reference value);

  /** As of when events see reference inputs. */
  enum Reference {
    /** As of the time of the event. */
    then,
    /** As of the end: the newest of each key. */
    now
  }

  @Description(
      "Leave out what a stream found late: its late output, with which a backfill of the same topic"
          + " (?end=latest) gives the stream's answers, and its ledger, to the letter, e.g."
          + " --without=kafka://broker:9092/answers-late")
  String getWithout();

  void setWithout(String value);

  @Description(
      "Say at the end of a backfill what it changed: compare its answers with those that are there,"
          + " a folder or a topic as --answers names it, before anything is written, e.g."
          + " --compareTo=kafka://broker:9092/answers")
  String getCompareTo();

  void setCompareTo(String value);

  @Description(
      "Let a backfill over the answers of a stream or of another backfill withdraw those that it"
          + " does not have itself, of windows in its range: a session that has become part of a"
          + " longer one, what a mended analysis no longer answers. Without it they stay, e.g."
          + " --overwrite=true")
  boolean getOverwrite();

  void setOverwrite(boolean value);

  @Description(
      "The revision of a backfill's answers; of two answers for one key and window the higher"
          + " revision counts. By default 0 in a new folder, and over a topic the microsecond since"
          + " 1970 in which it starts: above all that was written there before, e.g."
          + " --revision=7")
  Long getRevision();

  void setRevision(Long value);

  @Description(
      "Let a backfill end well that used none of its events: by default it fails where an input had"
          + " some and all were dead letters, copies or out of range, e.g. --allowUnused=true")
  boolean getAllowUnused();

  void setAllowUnused(boolean value);

  @Description(
      "Let a backfill act: write the outputs that have effects, such as alerts, too. A stream always"
          + " does, e.g. --effects=true")
  boolean getEffects();

  void setEffects(boolean value);
}
