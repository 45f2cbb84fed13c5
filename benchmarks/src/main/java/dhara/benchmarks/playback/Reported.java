package dhara.benchmarks.playback;

import dhara.events.Event;
import java.time.Instant;

/**
 * A player's report, in a stream in which reports may come twice; the session identifies a report.
 *
 * @param session an id
 * @param user who watched
 * @param title what was watched
 * @param country ISO 3166 code
 * @param device its kind
 * @param bitrateKbps what the player had
 * @param error whether playing failed
 * @param at when
 */
record Reported(
    String session,
    String user,
    String title,
    String country,
    String device,
    long bitrateKbps,
    boolean error,
    Instant at)
    implements Event, Timed {

  @Override
  public String id() {
    return session;
  }

  /** Without what tells that it is one. */
  Played playback() {
    return new Played(user, title, country, device, bitrateKbps, error, at);
  }
}
