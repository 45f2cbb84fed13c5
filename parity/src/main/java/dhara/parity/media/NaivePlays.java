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
    double all = playedMillis() + stalledMillis();
    return all == 0 ? null : Double.valueOf(stalledMillis() / all);
  }

  @Nullable Double meanBitrateKbps() {
    double kilobits = 0;
    double millis = 0;
    for (Playback event : of(Kind.HEARTBEAT)) {
      if (event.bitrateKbps() != null) {
        kilobits += event.bitrateKbps() * millis(event); // below 2^53, so exact
        millis += millis(event);
      }
    }
    return millis == 0 ? null : Double.valueOf(kilobits / millis);
  }

  static String known(@Nullable String name) {
    return TextNode.valueOf(name == null ? "unknown" : name).toString();
  }
}
