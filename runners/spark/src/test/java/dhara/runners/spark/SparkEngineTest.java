package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.engine.Engine;
import dhara.lint.Feature;
import dhara.lint.GraphFinding;
import dhara.lint.GraphLint;
import dhara.transforms.backfill.GroupShards;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SparkEngineTest {

  private final Engine engine = new SparkEngine();

  @Test
  void isTheOneEngineOfItsClassPath() {
    List<Engine> found =
        ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(found, contains(instanceOf(SparkEngine.class)));
  }

  @Test
  void setsOptionsThatItsRunnerReallyHas() {
    SparkPipelineOptions options = withDefaults();

    assertThat(options.getSparkMaster(), is("local[*]"));
    assertThat(options.getRunner() == engine.runner(), is(true));
    assertThat(engine.embedded(options), is(true));
  }

  @Test
  void takesNoStreamForItsWatermarkWouldRunAhead() {
    assertThat(engine.streams(), is(false));
  }

  static Stream<Arguments> fnsWithWhatSparkSaysOfThem() {
    return Stream.of(
        Arguments.of(Feature.ON_WINDOW_EXPIRATION, new ExpiringFn(), "onWindowExpiration is not"),
        Arguments.of(Feature.TIMER_FAMILY, new TimerMapFn(), "timerInternals not supported"));
  }

  @ParameterizedTest
  @MethodSource("fnsWithWhatSparkSaysOfThem")
  void failsToRunWhatItSaysThatItCannot(
      Feature feature, DoFn<KV<String, Long>, Long> fn, String says) {
    SparkPipelineOptions options = withDefaults();
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    given(pipeline).apply("Keep", ParDo.of(fn));

    Throwable failure =
        assertThrows(RuntimeException.class, () -> pipeline.run().waitUntilFinish());
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }

    assertThat(failure.getMessage(), containsString(says));
    assertThat(
        GraphLint.of(engine.name(), engine.unsupported()).check(pipeline, true).stream()
            .map(GraphFinding::rule)
            .toList(),
        contains(feature.rule()));
  }

  static Stream<Arguments> fnsWithWhatTheyGive() {
    return Stream.of(
        Arguments.of(new MultimapFn(), List.of(1L, 2L)),
        Arguments.of(new OrderedListFn(), List.of(1L, 1L, 2L)));
  }

  @ParameterizedTest
  @MethodSource("fnsWithWhatTheyGive")
  void keepsInBackfillsWhatItsStreamsCannot(DoFn<KV<String, Long>, Long> fn, List<Long> expected) {
    SparkPipelineOptions options = withDefaults();
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    PCollection<Long> kept = given(pipeline).apply("Keep", ParDo.of(fn));
    assertThat(
        GraphLint.of(engine.name(), engine.unsupported()).check(pipeline, true), is(empty()));
    PAssert.that(kept).containsInAnyOrder(expected);

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  private static PCollection<KV<String, Long>> given(Pipeline pipeline) {
    return pipeline.apply(
        "Given",
        Create.of(KV.of("a", 1L)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())));
  }

  @Test
  void runsAPipelineWithWhatItSets() {
    SparkPipelineOptions options = withDefaults();
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.perElement()))
        .containsInAnyOrder(List.of(KV.of("a", 2L), KV.of("b", 1L)));

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  /** Only an iterable that reads from the engine's shuffle cannot be read twice. */
  @Test
  void aGroupOfABackfillIsNotHeldInMemory() {
    SparkPipelineOptions options = withDefaults(engine.backfillDefaults());
    assertThat(options.getStorageLevel(), is("DISK_ONLY"));
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    PCollection<String> groups =
        pipeline
            .apply(
                Create.of(KV.of(1, "a"), KV.of(1, "b"))
                    .withCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of())))
            .apply(GroupShards.create())
            .apply(ParDo.of(new ReadTwiceFn()));
    PAssert.that(groups).containsInAnyOrder("streamed");

    assertThat(pipeline.run().waitUntilFinish(), is(State.DONE));
  }

  private static final class ReadTwiceFn extends DoFn<KV<Integer, Iterable<String>>, String> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> group, OutputReceiver<String> out) {
      group.getValue().forEach(block -> {});
      try {
        out.output(group.getValue().iterator().hasNext() ? "held" : "empty");
      } catch (IllegalStateException e) {
        out.output("streamed");
      }
    }
  }

  /** Beam refuses an unknown option, and a value that is not of the option's type. */
  private SparkPipelineOptions withDefaults() {
    return withDefaults(List.of());
  }

  private SparkPipelineOptions withDefaults(List<Engine.Default> more) {
    String[] arguments =
        Stream.concat(engine.defaults().stream(), more.stream())
            .map(set -> "--" + set.option() + "=" + set.value())
            .toArray(String[]::new);
    SparkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SparkPipelineOptions.class);
    options.setRunner(engine.runner());
    return options;
  }

  static final class ExpiringFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<ValueState<Long>> keptSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(@StateId("kept") ValueState<Long> kept) {
      kept.write(1L);
    }

    @OnWindowExpiration
    public void expire(@StateId("kept") ValueState<Long> kept) {
      kept.clear();
    }
  }

  static final class MultimapFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<MultimapState<String, Long>> keptSpec =
        StateSpecs.multimap(StringUtf8Coder.of(), VarLongCoder.of());

    @ProcessElement
    public void process(
        @StateId("kept") MultimapState<String, Long> kept, OutputReceiver<Long> out) {
      kept.put("a", 1L);
      kept.put("a", 2L);
      kept.get("a").read().forEach(out::output);
    }
  }

  static final class OrderedListFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<OrderedListState<Long>> keptSpec =
        StateSpecs.orderedList(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Timestamp Instant at,
        @StateId("kept") OrderedListState<Long> kept,
        OutputReceiver<Long> out) {
      kept.add(TimestampedValue.of(2L, at.plus(Duration.millis(2))));
      kept.add(TimestampedValue.of(1L, at));
      kept.readRange(at, at.plus(Duration.millis(1))).forEach(v -> out.output(v.getValue()));
      kept.read().forEach(v -> out.output(v.getValue()));
    }
  }

  static final class TimerMapFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @TimerFamily("due")
    final TimerSpec dueSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Timestamp Instant at, @TimerFamily("due") TimerMap due) {
      due.set("a", at.plus(Duration.millis(5)));
      due.set("b", at.plus(Duration.millis(7)));
    }

    @OnTimerFamily("due")
    public void due(@TimerId String id, OutputReceiver<Long> out) {
      out.output((long) id.charAt(0));
    }
  }
}
