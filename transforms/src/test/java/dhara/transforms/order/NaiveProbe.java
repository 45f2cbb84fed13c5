package dhara.transforms.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What a {@link Probe} says of the events of one key, written down from its definition. */
final class NaiveProbe {

  private NaiveProbe() {}

  /** All that is said, in order. */
  static List<Probe.Said> of(Collection<Probe.Tick> ofOneKey, Duration keep) {
    List<Probe.Tick> ticks = new ArrayList<>(ofOneKey);
    ticks.sort(Comparator.comparing(Probe.Tick::at).thenComparing(Probe.Tick::id));
    List<Probe.Said> said = new ArrayList<>();
    StringBuilder trail = new StringBuilder();
    for (int i = 0; i < ticks.size(); i++) {
      Probe.Tick tick = ticks.get(i);
      trail.append(' ').append(tick.id());
      said.add(new Probe.Said(tick.id(), tick.at(), trail.toString()));
      Instant next = i + 1 < ticks.size() ? ticks.get(i + 1).at() : Instant.MAX;
      Instant kept = tick.at().plus(keep);
      for (long micros = tick.ends() ? 0 : tick.wakeMicros(); micros > 0; micros *= 2) {
        Instant wake = tick.at().plusNanos(1000 * micros);
        if (wake.isAfter(next) || wake.isAfter(kept)) {
          break;
        }
        trail.append(" @").append(wake);
        said.add(new Probe.Said("@" + wake, wake, trail.toString()));
      }
      if (tick.ends() || kept.isBefore(next)) {
        trail.setLength(0);
      }
    }
    return said;
  }
}
