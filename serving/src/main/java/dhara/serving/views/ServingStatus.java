package dhara.serving.views;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The state of the server's views.
 *
 * @param at when it was taken
 * @param started when the server started
 * @param lastChange the id of the last change
 * @param views every view
 * @param analyses every analysis that has a view
 */
public record ServingStatus(
    Instant at,
    Instant started,
    long lastChange,
    List<ViewStatus> views,
    List<AnalysisStatus> analyses) {

  /**
   * The state of a view.
   *
   * @param rows rows that count
   * @param superseded rows that {@code asKnownAt} still knows
   * @param taken rows read since the server started, with those that changed nothing
   * @param conflicts rows that differ from others with the same key, window and revision
   * @param expired rows for windows that are already rolled up or dropped
   * @param newestWindow the latest {@code window_end}; null if there are no rows or no windows
   * @param watermark event time up to which the stream's inputs are complete; null if it is not
   *     known
   * @param lateness how long after its window an answer may be revised; null if it is not known
   * @param lag rows of topics that are not read yet
   * @param places where its rows come from
   */
  public record ViewStatus(
      String view,
      long rows,
      long superseded,
      long taken,
      long conflicts,
      long expired,
      @Nullable Instant newestWindow,
      @Nullable Instant watermark,
      @Nullable Duration lateness,
      long lag,
      List<PlaceStatus> places) {}

  /**
   * A place where rows of a view come from.
   *
   * @param uri as the user named it, without secrets
   * @param state what it is doing
   * @param note why it waits or failed; empty otherwise
   * @param positions up to where it is read: offsets by partition; of a folder, how many files were
   *     read, and rows of those that are being read
   * @param lag rows of a topic that are not read yet
   * @param unreadable records of a topic that are no rows; {@code note} tells the last of them
   * @param lastRow when the last row was read, on the wall clock; null if there was none
   */
  public record PlaceStatus(
      String uri,
      PlaceState state,
      String note,
      Map<String, String> positions,
      long lag,
      long unreadable,
      @Nullable Instant lastRow) {}

  /** What a place is doing. */
  public enum PlaceState {
    /** It is not there yet. */
    WAITING,
    /** What was there at the start is being read. */
    LOADING,
    /** It is read as it grows. */
    FOLLOWING,
    /** It is read to its end, and does not grow. */
    DONE,
    /** It cannot be read for now; it is tried again. */
    FAILED
  }

  /**
   * The books of an analysis.
   *
   * @param ledger the columns of the ledger for each input, by name; empty if there is no ledger
   * @param deadLetters how many, by reason
   * @param late the number of late events
   * @param silent inputs of facts from which a stream has read no record, while it has from others,
   *     and that hold back its watermark so that nothing settles
   */
  public record AnalysisStatus(
      String analysis,
      List<Map<String, @Nullable Object>> ledger,
      Map<String, Long> deadLetters,
      long late,
      List<String> silent) {}
}
