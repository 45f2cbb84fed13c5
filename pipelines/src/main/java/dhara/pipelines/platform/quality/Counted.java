package dhara.pipelines.platform.quality;

import dhara.events.DeadLetter.Reason;
import java.util.Map;

/**
 * Something counted of a source.
 *
 * @param source which
 */
record Counted(String source, Counts counts) {

  /**
   * Counts of a period, added up.
   *
   * @param read records read
   * @param deadLettered those of them that are no events
   * @param late those that came too late
   * @param duplicate those that were seen before
   * @param missed events of this period that came too late, whenever that was
   * @param nullIds dead letters without an id
   * @param invalidTimes dead letters without a time that can be
   * @param reasons dead letters by the name of their reason
   */
  record Counts(
      long read,
      long deadLettered,
      long late,
      long duplicate,
      long missed,
      long nullIds,
      long invalidTimes,
      Map<String, Long> reasons) {}

  static Counted of(LateRow late) {
    return new Counted(late.input(), new Counts(0, 0, 0, 0, 1, 0, 0, Map.of()));
  }

  /**
   * A dead letter.
   *
   * @param idField what texts call the id
   * @param timeField what texts call the time
   */
  static Counted of(DeadLetterRow dead, String idField, String timeField) {
    long count = dead.count();
    boolean time =
        dead.reason() == Reason.TOO_OLD
            || dead.reason() == Reason.IN_THE_FUTURE
            || dead.isAbout(timeField);
    return new Counted(
        dead.input(),
        new Counts(
            0,
            0,
            0,
            0,
            0,
            dead.isAbout(idField) ? count : 0,
            time ? count : 0,
            Map.of(dead.reason().name(), count)));
  }
}
