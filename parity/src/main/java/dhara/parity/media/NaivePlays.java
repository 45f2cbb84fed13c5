package dhara.parity.media;

import com.fasterxml.jackson.databind.node.TextNode;
import dhara.pipelines.media.HeartbeatOptions;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a list of events of players says, one question at a time. */
record NaivePlays(List<Playback> events, long heartbeatMillis) {

  NaivePlays(List<Playback> events, HeartbeatOptions options) {
    this(events, options.getHeartbeat().toMillis());
  }

  List<Playback> of(Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).toList();
  }

  static long users(List<Playback> of) {
    return of.stream().map(Playback::user).distinct().count();
  }

  long playedMillis() {
    return of(Kind.HEARTBEAT).stream().mapToLong(this::millis).sum();
  }

  private long millis(Playback heartbeat) {
    return Objects.requireNonNullElse(heartbeat.durationMillis(), heartbeatMillis);
  }

  long stalledMillis() {
    return of(Kind.BUFFER).stream()
        .filter(event -> event.durationMillis() != null)
        .mapToLong(Playback::durationMillis)
        .sum();
  }

  @Nullable Double bufferingRatio() {
    double all = (double) (playedMillis() + stalledMillis());
    return all == 0 ? null : Double.valueOf((double) stalledMillis() / all);
  }

  @Nullable Double meanBitrateKbps() {
    long bits = 0;
    long millis = 0;
    for (Playback event : of(Kind.HEARTBEAT)) {
      if (event.bitrateKbps() != null) {
        bits += event.bitrateKbps() * millis(event);
        millis += millis(event);
      }
    }
    return millis == 0 ? null : Double.valueOf((double) bits / (double) millis);
  }

  static String known(@Nullable String name) {
    return TextNode.valueOf(name == null ? "unknown" : name).toString();
  }
}
