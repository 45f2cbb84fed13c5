package dhara.tools.run;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class AnalysisJobTest {

  /** Windows of ten seconds; one element arrives when the watermark stands at twenty. */
  private static MetricResults grouped(long lateMillis) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
                .addElements(TimestampedValue.of(KV.of("a", 1L), Instant.ofEpochMilli(1_000)))
                .advanceWatermarkTo(Instant.ofEpochMilli(20_000))
                .addElements(TimestampedValue.of(KV.of("a", 2L), Instant.ofEpochMilli(lateMillis)))
                .advanceWatermarkToInfinity())
        .apply(Window.into(FixedWindows.of(Duration.standardSeconds(10))))
        .apply("Tides", GroupByKey.create());
    var result = pipeline.run();
    result.waitUntilFinish();
    return result.metrics();
  }

  @Test
  void whatAnEngineDroppedIsALeakOfTheStepThatLostIt() {
    List<String> dropped = AnalysisJob.dropped(grouped(2_000));

    assertThat(
        dropped, contains(matchesPattern("Tides/\\w+: the engine dropped 1 elements as late")));
    Console console =
        Console.piped(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    assertThat(
        assertThrows(
                AnalysisJob.UnbalancedLedger.class,
                () -> AnalysisJob.checked(List.of(), dropped, console))
            .getMessage(),
        containsString("the engine dropped 1 elements as late"));
  }

  @Test
  void whatCameInTimeWasNotDropped() {
    assertThat(AnalysisJob.dropped(grouped(22_000)), empty());
  }
}
