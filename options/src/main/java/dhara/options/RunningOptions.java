package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/**
 * Options for running totals, such as those since the start of the day. A stream updates them every
 * {@code --early}, by default every ten seconds; a backfill emits each once. They bring no {@code
 * --window}: an analysis that has other windows too extends {@link WindowOptions} beside this.
 */
public interface RunningOptions extends EarlyOptions, ZoneOptions {

  @Description(
      "Running totals count from the start of the day, the week or the month in --timeZone, or "
          + "from the first event ever (not together with --from and --until). A stream updates "
          + "them"
          + " every --early, by default every 10 s, e.g. --since=month")
  @Default.Enum("day")
  Since getSince();

  void setSince(Since value);

  /** When running totals start again from zero. */
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
