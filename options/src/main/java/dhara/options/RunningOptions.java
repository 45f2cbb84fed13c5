package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/**
 * Totals that run: what has come since the day began. A stream shows them as often as {@code
 * --early} says, and every ten seconds unless it is given; a backfill answers each once.
 */
public interface RunningOptions extends WindowOptions, ZoneOptions {

  @Description(
      "Running totals count from the start of the day, the week or the month in --timeZone, or from the"
          + " first event ever, which a range of --from and --until has not. A stream updates them"
          + " every --early, by default every 10 s, e.g. --since=month")
  @Default.Enum("day")
  Since getSince();

  void setSince(Since value);

  /** When running totals start anew. */
  enum Since {
    /** At midnight. */
    day,
    /** At midnight before Monday. */
    week,
    /** At midnight before the first of a month. */
    month,
    /** Never. */
    ever
  }
}
