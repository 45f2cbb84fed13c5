package dhara.tools.replay;

import dhara.events.Event;
import dhara.pipelines.Scenario.Given;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes up the events of all lanes together, so that they belong together, and only as far as the
 * next record of any lane.
 *
 * <p>Events come in the order of their time. So each event tells all lanes that no earlier one will
 * come, and a lane without events, such as that of rules that never change, holds up no other.
 */
final class ScenarioUpstream implements Upstream {

  private final Iterator<Given<?>> events;
  private final ReplayStart start;
  private final List<Lane<?>> lanes = new ArrayList<>();
  private @Nullable TimeShift shift;

  ScenarioUpstream(Stream<Given<?>> events, ReplayStart start) {
    this.events = events.iterator();
    this.start = start;
  }

  /** Adds a lane; events of inputs without a lane are left out. */
  void add(Lane<?> lane) {
    lanes.add(lane);
  }

  @Override
  public void fill(Lane<?> lane) throws IOException {
    while (lanes.stream().noneMatch(Lane::ready)) {
      if (!events.hasNext()) {
        for (Lane<?> each : lanes) {
          each.end();
        }
        return;
      }
      pass(events.next());
    }
  }

  private <T extends Record & Event> void pass(Given<T> given) throws IOException {
    if (shift == null) {
      shift = start.shift(given.event().at());
    }
    T moved = shift.of(given.event());
    for (Lane<?> lane : lanes) {
      if (lane.input().equals(given.input().name())) {
        lane.take(moved);
      }
    }
    for (Lane<?> lane : lanes) {
      lane.passed(moved.at());
    }
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
