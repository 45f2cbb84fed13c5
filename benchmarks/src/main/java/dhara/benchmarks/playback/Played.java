package dhara.benchmarks.playback;

import java.time.Instant;

/**
 * What a player reported: the event of these works, as Dhara parses it.
 *
 * @param user who watched
 * @param title what was watched
 * @param country ISO 3166 code
 * @param device its kind
 * @param bitrateKbps what the player had
 * @param error whether playing failed
 * @param at when
 */
record Played(
    String user,
    String title,
    String country,
    String device,
    long bitrateKbps,
    boolean error,
    Instant at)
    implements Timed {}
