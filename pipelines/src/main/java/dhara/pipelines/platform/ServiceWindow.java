package dhara.pipelines.platform;

import dhara.events.Event;
import dhara.pipelines.platform.EventMetrics.ServiceKind;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;

/**
 * A settled window of a service, as an event at its last millisecond.
 *
 * @param id of no meaning: windows of a service end at different times
 */
record ServiceWindow(String id, Instant at, ServiceKind about, EventStats stats) implements Event {

  static ServiceWindow of(Answer<ServiceKind, EventStats> answer) {
    return new ServiceWindow("", answer.end().minusMillis(1), answer.key(), answer.value());
  }

  /** NaN if there are fewer events. */
  double errorRate(long leastEvents) {
    return stats.events() < leastEvents ? Double.NaN : stats.errorRate();
  }

  /** The mean; NaN if there are fewer events, or none has a latency. */
  double latency(long leastEvents) {
    Double millis = stats.averageMillis();
    return millis == null || stats.events() < leastEvents ? Double.NaN : millis;
  }
}
