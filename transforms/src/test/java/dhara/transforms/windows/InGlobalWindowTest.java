package dhara.transforms.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.CountPerBundle;
import dhara.transforms.unique.Unique;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

  static Stream<Arguments> steps() {
    return Stream.of(
            Arguments.of("Unique", Unique.<Ping>byId(Duration.ofMinutes(1))),
            Arguments.of("CountPerBundle", CountPerBundle.<Ping>ofElements()))
        .flatMap(
            step ->
                Stream.of(IsBounded.values())
                    .map(bounded -> Arguments.of(step.get()[0], step.get()[1], bounded)));
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("steps")
  void elementsOfOtherWindowsAreRefusedWithTheWayOut(
      String name, PTransform<PCollection<Ping>, ?> step, IsBounded bounded) {
    PCollection<Ping> minutes = minutes(bounded);

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> minutes.apply(step.toString(), cast(step)));

    assertThat(
        refused.getMessage(),
        is(
            name
                + " takes elements of the global window, but Minutes/Window.Assign.out is in "
                + minutes.getWindowingStrategy().getWindowFn()
                + "; put elements into windows after it, or back by"
                + " InGlobalWindow.into() before it"));
    assertThat(refused.getMessage(), containsString("FixedWindows"));
  }

  @SuppressWarnings("unchecked") // the output of a step that is refused is not looked at
  private static PTransform<PCollection<Ping>, PCollection<Ping>> cast(
      PTransform<PCollection<Ping>, ?> step) {
    return (PTransform<PCollection<Ping>, PCollection<Ping>>) step;
  }

  @Test
  void elementsThatArePutBackAreCounted() {
    Pipeline pipeline = Pipeline.create();
    PCollection<Long> counts =
        pipeline
            .apply(Create.of(PINGS).withCoder(RecordCoder.of(Ping.class)))
            .apply("Minutes", Windows.tumbling(Duration.ofMinutes(1)).into())
            .apply("Back", Window.into(new GlobalWindows()))
            .apply(CountPerBundle.ofElements())
            .apply(Sum.longsGlobally());

    PAssert.that(counts).containsInAnyOrder(2L);
    pipeline.run().waitUntilFinish();
  }
}
