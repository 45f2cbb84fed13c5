package dhara.benchmarks.kafka;

import dhara.benchmarks.playback.PlaybackLines;
import dhara.events.Event;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.time.Instant;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A playback line as an event of Dhara.
 *
 * @param session the player's session, which stands for its identity
 * @param at when
 * @param user who watched
 * @param title what was watched
 * @param country ISO 3166 code
 * @param device its kind
 * @param bitrateKbps what the player had
 * @param error whether playing failed
 */
public record Viewing(
    String session,
    Instant at,
    String user,
    String title,
    String country,
    String device,
    long bitrateKbps,
    boolean error)
    implements Event {

  @Override
  public String id() {
    return session;
  }

  /** The first lines of a seed, as events. */
  public static Stream<Viewing> generate(long seed, long count) {
    PlaybackLines lines = new PlaybackLines(new PlaybackLines.Shape(seed, 120, 1_000_000, 5000));
    EventParser<Viewing> parser = JsonFormat.of(Viewing.class, Mapping.none()).parser();
    return LongStream.range(0, count)
        .mapToObj(
            i -> {
              try {
                return parser.parse(lines.line(i), 0, PlaybackLines.length());
              } catch (BadEvent e) {
                throw new IllegalStateException("line " + i + " is no event", e);
              }
            });
  }
}
