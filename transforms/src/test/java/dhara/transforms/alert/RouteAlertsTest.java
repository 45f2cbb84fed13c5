package dhara.transforms.alert;

import static dhara.transforms.alert.Routed.ends;
import static dhara.transforms.alert.Routed.fires;
import static dhara.transforms.alert.Routed.route;
import static dhara.transforms.alert.Routed.routes;
import static dhara.transforms.alert.Routed.sent;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Arrivals;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.junit.jupiter.api.Test;

/** A stream and a backfill send the same, whenever events arrive. */
class RouteAlertsTest {

  private static final Routes BY_TYPE = routes(route("{}", "team", List.of("type")));

  private static final RouteAlerts BY_RULES =
      RouteAlerts.by(BY_TYPE).withLateness(Duration.ofMinutes(2));

  private static Arrivals<AlertEvent> arrivals() {
    return Arrivals.of(RecordCoder.of(AlertEvent.class));
  }

  @Test
  void eventsOutOfOrderAndRepeatsInSilenceAreThoseOfTheirTimes() {
    Arrivals<AlertEvent> arrivals =
        arrivals()
            .row("10:00:30", "10:00:20", fires("10:00:20", "latency", "s=b"))
            .row("10:01:00", "10:00:00", fires("10:00:00", "latency", "s=a"))
            .row("10:02:00", "10:00:40", ends("10:00:40", "latency", "s=b")) // as late as allowed
            .row("19:00:00", "19:00:00", ends("19:00:00", "latency", "s=a"));
    String[] expected = {
      "10:00:30 team FIRING latency.a, latency.b",
      "10:05:30 team FIRING latency.a, -latency.b",
      "14:05:30 team FIRING again latency.a",
      "18:05:30 team FIRING again latency.a",
      "19:00:30 team RESOLVED -latency.a"
    };

    assertThat(sent(arrivals.streamed(BY_RULES)), containsInAnyOrder(expected));
    assertThat(sent(arrivals.backfilled(BY_RULES)), contains(expected));
  }

  @Test
  void repeatsAreSentInAStreamWhileNothingComes() {
    Arrivals<AlertEvent> arrivals =
        arrivals().row("10:00:00", "10:00:00", fires("10:00:00", "latency", "s=a"));
    String[] expected = {
      "10:00:30 team FIRING latency.a",
      "14:00:30 team FIRING again latency.a",
      "18:00:30 team FIRING again latency.a",
      "22:00:30 team RESOLVED -latency.a"
    };

    assertThat(sent(arrivals.streamed(BY_RULES)), contains(expected));
    assertThat(sent(arrivals.backfilled(BY_RULES)), contains(expected));
  }

  @Test
  void tooManyAlertsEndTheRun() {
    Arrivals<AlertEvent> arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", fires("10:00:00", "latency", "s=a"))
            .row("10:00:00", "10:00:00", fires("10:00:00", "latency", "s=b"));

    assertThat(
        assertThrows(
                PipelineExecutionException.class,
                () -> arrivals.backfilled(BY_RULES.withMostAlerts(1)))
            .getMessage(),
        containsString("more than 1 alerts are in groups at once"));
    assertThrows(IllegalArgumentException.class, () -> BY_RULES.withMostAlerts(0));
  }
}
