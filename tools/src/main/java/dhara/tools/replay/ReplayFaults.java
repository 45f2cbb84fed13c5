package dhara.tools.replay;

import dhara.cli.Checked;
import dhara.options.BadOption;
import dhara.tools.generate.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The faults that a replay plants. Each is switched on or off independently and has its own random
 * numbers, so switching one on does not change which events the others choose.
 *
 * @param seed of the faults
 * @param disorder how far out of order events arrive; zero keeps the archive's order
 * @param sortWithin how far out of order the archive may be for {@code disorder} to hold
 * @param duplicates the share of events that come twice
 * @param late the share of events that are held back
 * @param lateBy until their partition has seen an event this much newer
 * @param garbage how many lines of garbage are added, as a share of the events
 * @param farFuture how many events in the far future are added, as a share of the events
 * @param farPast how many events in the far past are added, as a share of the events
 * @param idlePartition whether a partition falls silent
 * @param unwrittenPartition whether a partition gets nothing
 * @param closing how long after the newest event each partition's last one is dated; null for none
 */
record ReplayFaults(
    long seed,
    Duration disorder,
    Duration sortWithin,
    double duplicates,
    double late,
    Duration lateBy,
    double garbage,
    double farFuture,
    double farPast,
    boolean idlePartition,
    boolean unwrittenPartition,
    @Nullable Duration closing) {

  /** The garbage of {@link Faults} that is too old lies before this time. */
  private static final Instant FAR_PAST = Instant.parse("1972-01-01T00:00:00Z");

  /** Longer than any archive, and yet safe to add to an event time in microseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /**
   * The faults that the user asked for.
   *
   * @throws BadOption if the options contradict each other
   */
  static ReplayFaults of(ReplayOptions options) {
    Duration disorder = within("--disorder", options.getDisorder());
    Duration lateBy = within("--lateBy", options.getLateBy());
    Duration sortWithin = within("--sortWithin", options.getSortWithin());
    Duration closing = options.getClosing();
    if (Checked.share("--late", options.getLate()) > 0 && lateBy.compareTo(disorder) <= 0) {
      throw new BadOption(
          "--lateBy",
          lateBy,
          "is not longer than --disorder=" + disorder + ", so that nothing would be late");
    }
    if (closing != null && closing.isZero()) {
      throw new BadOption(
          "--closing", closing, "closes no window; make it longer than one, e.g. --closing=PT1H");
    } else if (closing != null) {
      within("--closing", closing);
    }
    if (Checked.share("--farPast", options.getFarPast()) > 0
        && options.getNotBefore().isBefore(FAR_PAST)) {
      throw new BadOption(
          "--farPast",
          options.getFarPast(),
          "dates events 1971, which --notBefore=" + options.getNotBefore() + " lets through");
    }
    return new ReplayFaults(
        options.getSeed(),
        disorder,
        sortWithin,
        Checked.share("--duplicates", options.getDuplicates()),
        options.getLate(),
        lateBy,
        Checked.share("--garbage", options.getGarbage()),
        Checked.share("--farFuture", options.getFarFuture()),
        options.getFarPast(),
        options.getIdlePartition(),
        options.getUnwrittenPartition(),
        closing);
  }

  /** The same faults among the events of another input, at other places. */
  ReplayFaults of(int input) {
    return new ReplayFaults(
        Faults.seed(seed, input),
        disorder,
        sortWithin,
        duplicates,
        late,
        lateBy,
        garbage,
        farFuture,
        farPast,
        idlePartition,
        unwrittenPartition,
        closing);
  }

  private static Duration within(String option, Duration value) {
    if (value.compareTo(LONGEST) > 0) {
      throw new BadOption(option, value, "is longer than a century; shorten it");
    }
    return value;
  }

  /** Whether any event is written with another time or id. */
  boolean rewrites() {
    return farFuture > 0 || farPast > 0 || closing != null;
  }

  /** How many partitions the topic must have. */
  int leastPartitions() {
    return 1 + (idlePartition ? 1 : 0) + (unwrittenPartition ? 1 : 0);
  }

  /** Which fault needs them. */
  String whyPartitions() {
    List<String> why = new ArrayList<>();
    if (idlePartition) {
      why.add("--idlePartition");
    }
    if (unwrittenPartition) {
      why.add("--unwrittenPartition");
    }
    return String.join(" with ", why);
  }
}
