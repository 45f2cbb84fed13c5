package dhara.transforms.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupShardsTest {

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<KV<Integer, Iterable<String>>> groups() {
    return pipeline
        .apply(
            Create.timestamped(
                    TimestampedValue.of(KV.of(1, "late"), Instant.ofEpochMilli(2_000)),
                    TimestampedValue.of(KV.of(1, "early"), Instant.ofEpochMilli(1_000)),
                    TimestampedValue.of(KV.of(2, "only"), Instant.ofEpochMilli(3_000)))
                .withCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of())))
        .apply(GroupShards.create());
  }

  @Test
  void aGroupHoldsTheWatermarkBackToItsEarliestBlock() {
    PCollection<String> times = groups().apply(ParDo.of(new TimeFn()));

    PAssert.that(times)
        .containsInAnyOrder("1 at 1970-01-01T00:00:01.000Z", "2 at 1970-01-01T00:00:03.000Z");
    pipeline.run().waitUntilFinish();
  }

  @ParameterizedTest
  @CsvSource({"true, EARLIEST", "false, END_OF_WINDOW"})
  void withoutAWatermarkTheEngineNeedNotLookForTheEarliest(
      boolean watermark, TimestampCombiner combiner) {
    pipeline.getOptions().as(BackfillGrouping.class).setBackfillWatermark(watermark);

    assertThat(groups().getWindowingStrategy().getTimestampCombiner(), is(combiner));
  }

  private static final class TimeFn extends DoFn<KV<Integer, Iterable<String>>, String> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<String>> group,
        @Timestamp Instant at,
        OutputReceiver<String> out) {
      out.output(group.getKey() + " at " + at);
    }
  }

  @Test
  void aLargeInputIsDividedIntoMoreGroups() {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    BackfillGrouping grouping = pipeline.getOptions().as(BackfillGrouping.class);
    grouping.setBackfillShards(32);

    BackfillGrouping.reads(pipeline, 2_000_000_000);
    assertThat(BackfillGrouping.shards(pipeline), is(32));
    grouping.setBackfillGroupBytes(64_000_000);
    assertThat(BackfillGrouping.shards(pipeline), is(32));
    BackfillGrouping.reads(pipeline, 8_000_000_000L);
    assertThat(BackfillGrouping.shards(pipeline), is(156));
    BackfillGrouping.reads(pipeline, -1);
    assertThat(BackfillGrouping.shards(pipeline), is(406));
    BackfillGrouping.reads(pipeline, Long.MAX_VALUE / 2);
    assertThat(BackfillGrouping.shards(pipeline), is(BackfillGrouping.MOST));
  }
}
