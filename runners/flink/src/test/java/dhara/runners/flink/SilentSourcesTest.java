package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

class SilentSourcesTest {

  private static List<String> looks(
      SilentSources sources, int times, boolean settles, long read, String... heard) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      String line = sources.over() ? "" : sources.look(settles, read, Set.of(heard));
      if (!line.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  @Test
  void aSourceWithoutRecordsIsNamedOnceWithTheWayOut() {
    SilentSources sources = new SilentSources(List.of("payments", "labels"));

    assertThat(
        looks(sources, 100, false, 10, "payments"),
        is(
            List.of(
                "labels: no record has come, and until one does no answer settles; send one, or"
                    + " start without its --events=labels=… if that may be left out")));
    assertThat(sources.over(), is(true));
  }

  @Test
  void nothingIsSaidWhileNothingWasReadOrWhenAnswersSettle() {
    assertThat(
        looks(new SilentSources(List.of("payments", "labels")), 100, false, 0), is(List.of()));
    SilentSources settling = new SilentSources(List.of("payments", "labels"));
    assertThat(looks(settling, 14, false, 10, "payments"), is(List.of()));
    assertThat(looks(settling, 100, true, 10, "payments"), is(List.of()));
    assertThat(new SilentSources(List.of("payments")).over(), is(true));
  }

  @Test
  void oneLookThatFindsAWatermarkProvesNothing() {
    SilentSources sources = new SilentSources(List.of("payments", "labels"));
    assertThat(looks(sources, 1, true, 10, "payments"), is(List.of()));

    assertThat(looks(sources, 100, false, 10, "payments").size(), is(1));
  }

  @Test
  void referencesHoldNothingBack() {
    Pipeline pipeline = Pipeline.create();
    for (String step :
        List.of(
            "payments.Source",
            "labels.Source",
            "labels.2.Source",
            "rules.Source",
            "rules.Versions")) {
      pipeline.apply(step, new Nothing());
    }

    assertThat(
        looks(SilentSources.of(pipeline), 100, false, 10, "payments", "labels"),
        is(
            List.of(
                "labels.2: no record has come, and until one does no answer settles; send one, or"
                    + " start without its --events=labels=… if that may be left out")));
    assertThat(
        looks(SilentSources.of(pipeline), 100, false, 10, "labels", "labels_2").get(0),
        startsWith("payments: "));
  }

  /** A step of several, as those of sources are. */
  private static final class Nothing
      extends PTransform<org.apache.beam.sdk.values.PBegin, PCollection<Void>> {

    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<Void> expand(org.apache.beam.sdk.values.PBegin begin) {
      return begin
          .apply("None", Create.empty(VoidCoder.of()))
          .apply("Key", WithKeys.<String, Void>of("x").withKeyType(TypeDescriptors.strings()))
          .apply("Value", Values.create());
    }
  }
}
