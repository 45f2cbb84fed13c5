package dhara.pipelines.platform;

import dhara.transforms.sketch.Latencies;
import dhara.transforms.tally.ExactSum;
import dhara.transforms.tally.Rate;

/** Events of services, added up. */
record EventSums(Rate failed, Latencies latencies, ExactSum values) {

  static EventSums of(ServiceEvent event, boolean failed) {
    Long millis = event.latencyMillis();
    Double value = event.value();
    return new EventSums(
        Rate.of(failed),
        millis == null ? Latencies.NONE : Latencies.of(millis),
        value == null ? ExactSum.NONE : ExactSum.of(value));
  }

  EventStats stats() {
    boolean timed = latencies.count() > 0;
    return new EventStats(
        failed.all(),
        failed.hits(),
        failed.share(),
        timed ? latencies.averageMillis() : null,
        timed ? latencies.leastMillis() : null,
        timed ? latencies.greatestMillis() : null,
        timed ? latencies.quantileMillis(0.5) : null,
        timed ? latencies.quantileMillis(0.95) : null,
        timed ? latencies.quantileMillis(0.99) : null,
        values.sum(),
        values.count() == 0 ? null : values.average());
  }
}
