package dhara.ledger;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class CountPerBundleTest {

  private final Pipeline pipeline = Pipeline.create();
  private final PCollection<String> minutes =
      pipeline
          .apply(Create.of("a", "b"))
          .apply("Minutes", Windows.tumbling(Duration.ofMinutes(1)).into());

  @Test
  void elementsThatArePutBackIntoTheGlobalWindowAreCounted() {
    PCollection<Long> counts =
        minutes
            .apply("Back", InGlobalWindow.into())
            .apply(CountPerBundle.ofElements())
            .apply(Sum.longsGlobally());

    PAssert.that(counts).containsInAnyOrder(2L);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void elementsOfOtherWindowsAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> minutes.apply(CountPerBundle.ofElements()));

    assertThat(
        refused.getMessage(), startsWith("CountPerBundle takes elements of the global window"));
  }
}
