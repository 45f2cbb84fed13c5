package dhara.pipelines.media;

import dhara.options.BadOption;
import dhara.transforms.tally.Average;
import dhara.transforms.tally.Tally;
import java.time.Duration;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How long players played and stalled, as a component of a tally. Heartbeats tell what was played,
 * in their duration, and {@code BUFFER} how long a player waited for data in the middle of it. The
 * wait for the first picture is no stall.
 *
 * @param playedMillis sum of the durations of heartbeats
 * @param stalledMillis sum of the durations of stalls
 * @param bitrateKbps the bitrate, over the milliseconds played of which it is known
 */
record PlayTime(long playedMillis, long stalledMillis, Average bitrateKbps)
    implements Tally<PlayTime> {

  /** None. */
  public static final PlayTime NONE = new PlayTime(0, 0, Average.NONE);

  private static final long LONGEST = 3_600_000;

  /** What an event adds, if a heartbeat without a duration stands for that of the options. */
  static SerializableFunction<Playback, PlayTime> of(HeartbeatOptions options) {
    Duration heartbeat = options.getHeartbeat();
    long millis = heartbeat.toMillis();
    if (millis <= 0 || millis > LONGEST) {
      throw new BadOption(
          "--heartbeat", heartbeat, "is not between zero and an hour, e.g. --heartbeat=PT10S");
    }
    return event ->
        switch (event.kind()) {
          case HEARTBEAT ->
              played(event, event.durationMillis() == null ? millis : event.durationMillis());
          case BUFFER ->
              event.durationMillis() == null
                  ? NONE
                  : new PlayTime(0, event.durationMillis(), Average.NONE);
          default -> NONE;
        };
  }

  private static PlayTime played(Playback event, long millis) {
    Long kbps = event.bitrateKbps();
    return new PlayTime(
        millis,
        0,
        kbps == null ? Average.NONE : new Average(Math.multiplyExact(kbps, millis), millis));
  }

  @Override
  public PlayTime plus(PlayTime other) {
    return new PlayTime(
        Math.addExact(playedMillis, other.playedMillis),
        Math.addExact(stalledMillis, other.stalledMillis),
        bitrateKbps.plus(other.bitrateKbps));
  }

  /** The part of the time since the first picture that was stalled; null if there is no time. */
  @Nullable Double bufferingRatio() {
    long all = Math.addExact(playedMillis, stalledMillis);
    return all == 0 ? null : (double) stalledMillis / all;
  }

  /** The mean over the time played; null if it is not known. */
  @Nullable Double meanBitrateKbps() {
    return bitrateKbps.count() == 0 ? null : bitrateKbps.asDouble();
  }
}
