package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dhara.engine.Engine;
import dhara.options.RestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkEngineTest {

  private final Engine engine = new FlinkEngine();

  @Test
  void isTheOneEngineOfItsClassPath() {
    List<Engine> found =
        ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(found, contains(instanceOf(FlinkEngine.class)));
  }

  @Test
  void setsOptionsThatItsRunnerReallyHas() {
    FlinkPipelineOptions options = withDefaults();

    assertThat(options.getFlinkMaster(), is("[local]"));
    assertThat(options.getObjectReuse(), is(true));
    assertThat(options.getFasterCopy(), is(true));
    assertThat(options.getRunner() == engine.runner(), is(true));
    assertThat(engine.embedded(options), is(true));
  }

  @Test
  void checkpointsStreamsAndKeepsAHandleToThoseOfACluster() {
    FlinkPipelineOptions local = withDefaults();
    FlinkPipelineOptions cluster = withDefaults();
    cluster.setFlinkMaster("jobmanager:8081");

    assertThat(
        names(engine.streamDefaults(local, false)),
        contains(
            "checkpointingInterval",
            "failOnCheckpointingErrors",
            "finishBundleBeforeCheckpointing",
            "disableMetrics",
            "autoWatermarkInterval",
            "maxBundleSize",
            "maxBundleTimeMills",
            "restEveryMillis"));
    assertThat(engine.embedded(cluster), is(false));
    assertThat(
        names(engine.streamDefaults(cluster, false)),
        contains(
            "checkpointingInterval",
            "failOnCheckpointingErrors",
            "finishBundleBeforeCheckpointing",
            "disableMetrics",
            "autoWatermarkInterval",
            "maxBundleSize",
            "maxBundleTimeMills",
            "restEveryMillis",
            "attachedMode",
            "jobCheckIntervalInSecs"));
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments(engine.streamDefaults(cluster, false)))
            .as(FlinkPipelineOptions.class);
    assertThat(options.getCheckpointingInterval(), is(10_000L));
    assertThat(options.getFailOnCheckpointingErrors(), is(false));
    assertThat(options.getMaxBundleSize(), is(10_000L));
    assertThat(options.getMaxBundleTimeMills(), is(100L));
    assertThat(options.as(RestOptions.class).getRestEveryMillis(), is(1_000L));
    assertThat(options.getDisableMetrics(), is(true));
    assertThat(options.getAutoWatermarkInterval(), is(200L));
    assertThat(options.getFinishBundleBeforeCheckpointing(), is(true));
    assertThat(options.getAttachedMode(), is(false));
    assertThat(options.getJobCheckIntervalInSecs(), is(1));
  }

  @Test
  void answersAtArrivalDoNotWaitForOthers() {
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments(engine.streamDefaults(withDefaults(), true)))
            .as(FlinkPipelineOptions.class);

    assertThat(options.getMaxBundleSize(), is(50L));
    assertThat(options.getMaxBundleTimeMills(), is(500L));
    assertThat(options.as(BufferOptions.class).getBufferTimeoutMillis(), is(0L));
    assertThat(options.as(RestOptions.class).getRestEveryMillis(), is(0L));
  }

  private static List<String> names(List<Engine.Default> defaults) {
    return defaults.stream().map(Engine.Default::option).toList();
  }

  private static String[] arguments(List<Engine.Default> defaults) {
    return defaults.stream()
        .map(set -> "--" + set.option() + "=" + set.value())
        .toArray(String[]::new);
  }

  @Test
  void runsAPipelineWithWhatItSets() {
    FlinkPipelineOptions options = withDefaults();
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.perElement()))
        .containsInAnyOrder(List.of(KV.of("a", 2L), KV.of("b", 1L)));

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  /** Encoded outputs would be decoded for each of the steps that read them. */
  @Test
  void aStepOfABackfillHandsOverObjects() {
    FlinkPipelineOptions options = withDefaults(engine.backfillDefaults());
    Pipeline pipeline = Pipeline.create(options);
    TupleTag<Handed> main = new TupleTag<>();
    TupleTag<Handed> side = new TupleTag<>();
    PCollectionTuple outputs =
        pipeline
            .apply(Create.of("a", "b"))
            .apply(ParDo.of(new HandFn(side)).withOutputTags(main, TupleTagList.of(side)));
    List<PCollection<String>> read = new ArrayList<>();
    for (TupleTag<Handed> output : List.of(main, side)) {
      outputs.get(output).setCoder(new NeverCoder());
      for (int reader = 0; reader < 2; reader++) {
        read.add(
            outputs
                .get(output)
                .apply(
                    "Reader" + read.size(),
                    MapElements.into(TypeDescriptors.strings()).via(Handed::text)));
      }
    }
    PAssert.that(PCollectionList.of(read).apply(Flatten.pCollections()))
        .containsInAnyOrder("a", "a", "b", "b", "a", "a", "b", "b");

    assertThat(pipeline.run().waitUntilFinish(), is(State.DONE));
  }

  private record Handed(String text) {}

  private static final class HandFn extends DoFn<String, Handed> {

    private static final long serialVersionUID = 1L;

    private final TupleTag<Handed> side;

    HandFn(TupleTag<Handed> side) {
      this.side = side;
    }

    @ProcessElement
    public void process(@Element String text, MultiOutputReceiver out, ProcessContext context) {
      context.output(new Handed(text));
      out.get(side).output(new Handed(text));
    }
  }

  private static final class NeverCoder extends AtomicCoder<Handed> {

    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Handed value, OutputStream out) throws IOException {
      throw new CoderException("a step encoded its output");
    }

    @Override
    public Handed decode(InputStream in) throws IOException {
      throw new CoderException("a step decoded its input");
    }
  }

  @Test
  void keepsTheStateOfAStreamInRocksDb(@TempDir Path folder) {
    FlinkPipelineOptions options = withDefaults();
    options.setStreaming(true);
    options.setStateBackend("rocksdb");
    options.setStateBackendStoragePath(folder.toUri().toString());
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.perElement()))
        .containsInAnyOrder(List.of(KV.of("a", 2L), KV.of("b", 1L)));

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  /** Beam refuses an unknown option, and a value that is not of the option's type. */
  private FlinkPipelineOptions withDefaults() {
    return withDefaults(List.of());
  }

  private FlinkPipelineOptions withDefaults(List<Engine.Default> more) {
    List<Engine.Default> all = new ArrayList<>(engine.defaults());
    all.addAll(more);
    FlinkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments(all)).as(FlinkPipelineOptions.class);
    options.setRunner(engine.runner());
    return options;
  }
}
