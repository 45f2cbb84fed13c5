package dhara.benchmarks.playback;

import dhara.transforms.order.Fold;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How the bitrate of a user changes from report to report: what the contestants of the order works
 * compute.
 */
record Watching() implements Fold<Reported, Watching.Watched, Watching.Change> {

  /** How long a user's last report counts, in milliseconds. */
  static final long KEEP_MILLIS = 600_000;

  /**
   * What is remembered of a user.
   *
   * @param reports how many there were
   * @param bitrateKbps that of the last one
   * @param drops how often the bitrate fell
   */
  record Watched(long reports, long bitrateKbps, long drops) {}

  /** What a report changed. */
  record Change(String user, long atMillis, long reports, long fromKbps, long toKbps, long drops) {

    /** Adds it to the checksum. */
    void settle() {
      PlaybackJob.settle(user, atMillis, reports, toKbps - fromKbps, fromKbps, toKbps, drops);
    }
  }

  @Override
  public Watched initial() {
    return new Watched(0, 0, 0);
  }

  @Override
  public Watched apply(Watched before, Reported report, Consumer<Change> out) {
    Watched after =
        new Watched(
            before.reports + 1,
            report.bitrateKbps(),
            before.drops + (report.bitrateKbps() < before.bitrateKbps ? 1 : 0));
    out.accept(
        new Change(
            report.user(),
            report.at().toEpochMilli(),
            after.reports,
            before.bitrateKbps,
            after.bitrateKbps,
            after.drops));
    return after;
  }

  @Override
  public Duration keep() {
    return Duration.ofMillis(KEEP_MILLIS);
  }
}
