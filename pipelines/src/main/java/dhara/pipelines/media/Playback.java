package dhara.pipelines.media;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that happened in a player: playing, trouble, or an advertisement.
 *
 * @param id identity of the event
 * @param at when it happened
 * @param user who watches
 * @param content what is watched, where known
 * @param campaign whose advertisement it was; always known for advertisements
 * @param kind what happened
 * @param positionMillis the position in the content
 * @param durationMillis how long it lasted
 * @param bitrateKbps kilobits per second
 * @param startupMillis from the start to the first picture
 * @param errorCode why it failed
 * @param region where the user is
 * @param device the kind of device
 * @param language of the content
 * @param revenueMinor what it earned, in minor units of the currency
 * @param genre of the content
 */
public record Playback(
    String id,
    Instant at,
    String user,
    @Nullable String content,
    @Nullable String campaign,
    Kind kind,
    @Nullable Long positionMillis,
    @Nullable Long durationMillis,
    @Nullable Long bitrateKbps,
    @Nullable Long startupMillis,
    @Nullable String errorCode,
    @Nullable String region,
    @Nullable String device,
    @Nullable String language,
    @Nullable Long revenueMinor,
    @Nullable String genre)
    implements Event {

  /** What can happen. */
  public enum Kind {
    /** Playing was asked for. */
    START,
    /** It still plays. */
    HEARTBEAT,
    /** The user paused it. */
    PAUSE,
    /** The user moved to another position. */
    SEEK,
    /** It waited for data. */
    BUFFER,
    /** The first picture was seen. */
    STARTUP,
    /** It failed. */
    ERROR,
    /** The end was reached. */
    COMPLETE,
    /** An advertisement was shown. */
    AD_IMPRESSION,
    /** An advertisement was clicked. */
    AD_CLICK;

    /** Whether it is about an advertisement. */
    public boolean isAd() {
      return this == AD_IMPRESSION || this == AD_CLICK;
    }
  }

  /** With greater numbers, sums over a day could overflow. */
  private static final long WEEK_MILLIS = 7 * 86_400_000L;

  private static final long MOST_KBPS = 1_000_000;
  private static final long MOST_MINOR = 1_000_000_000_000L;

  public Playback {
    if (kind.isAd() && campaign == null) {
      throw new IllegalArgumentException("campaign is missing: " + kind + " belongs to one");
    }
    within("positionMillis", positionMillis, Long.MAX_VALUE);
    within("durationMillis", durationMillis, WEEK_MILLIS);
    within("bitrateKbps", bitrateKbps, MOST_KBPS);
    within("startupMillis", startupMillis, WEEK_MILLIS);
    within("revenueMinor", revenueMinor, MOST_MINOR);
  }

  private static void within(String name, @Nullable Long value, long most) {
    if (value != null && value < 0) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    if (value != null && value > most) {
      throw new IllegalArgumentException(
          "%s is above %,d, which no player can mean: %d".formatted(name, most, value));
    }
  }

  /** Whether it is about watching a content that is known. */
  boolean isWatching() {
    return content != null && !kind.isAd();
  }

  /** A name, for a key; {@code unknown} without one. */
  static String known(@Nullable String name) {
    return name == null ? "unknown" : name;
  }

  /** An advertisement that was shown or clicked. */
  static Playback ofAd(
      String id, Instant at, String user, String campaign, Kind kind, @Nullable Long revenueMinor) {
    return new Playback(
        id,
        at,
        user,
        null,
        campaign,
        kind,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        revenueMinor,
        null);
  }
}
