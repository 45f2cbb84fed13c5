package dhara.transforms.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.unique.Unique;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InGlobalWindowTest {

  record Ping(String id, Instant at) implements Event {}

  private static final List<Ping> PINGS =
      List.of(new Ping("a", Instant.EPOCH), new Ping("b", Instant.EPOCH));

  private static PCollection<Ping> minutes(IsBounded bounded) {
    return Pipeline.create()
        .apply("Pings", Create.of(PINGS).withCoder(RecordCoder.of(Ping.class)))
        .setIsBoundedInternal(bounded)
        .apply("Minutes", Windows.tumbling(Duration.ofMinutes(1)).into());
  }

  @ParameterizedTest
  @EnumSource
  void elementsOfOtherWindowsAreRefusedWithTheWayOut(IsBounded bounded) {
    PCollection<Ping> minutes = minutes(bounded);

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> minutes.apply(Unique.<Ping>byId(Duration.ofMinutes(1))));

    assertThat(
        refused.getMessage(),
        is(
            "Unique takes elements of the global window, but Minutes/Window.Assign.out is in "
                + minutes.getWindowingStrategy().getWindowFn()
                + "; put elements into windows after it, or back by"
                + " InGlobalWindow.into() before it"));
    assertThat(refused.getMessage(), containsString("FixedWindows"));
  }

  @ParameterizedTest
  @EnumSource
  void theLatenessOfBeforeDoesNotCountInTheWindowsAfter(IsBounded bounded) {
    Windows windows = Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofSeconds(1));

    PCollection<Ping> global =
        Pipeline.create()
            .apply("Pings", Create.of(PINGS).withCoder(RecordCoder.of(Ping.class)))
            .setIsBoundedInternal(bounded)
            .apply("Before", windows.withLateness(Duration.ofHours(1)).into())
            .apply("Global", InGlobalWindow.into());
    PCollection<Ping> after = global.apply("After", windows.into());

    assertThat(global.getWindowingStrategy(), is(WindowingStrategy.globalDefault()));
    assertThat(after.getWindowingStrategy().getAllowedLateness().getMillis(), is(1_000L));
  }
}
