package dhara.lint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dhara.connectors.Delivers;
import dhara.lint.GraphFinding.Severity;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.LatestFn;
import dhara.transforms.effect.Settled;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.overload.DelayEffects;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Deduplicate;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GraphLintTest {

  /** An engine that lacks every optional feature. */
  private static final GraphLint PUDDLE =
      GraphLint.of(
          "puddle",
          Stream.of(Feature.values())
              .map(feature -> Unsupported.inBackfills(feature, "it would dry up"))
              .toList());

  private static final GraphLint SEA = GraphLint.of("sea", List.of());

  static Stream<Arguments> fnsWithTheFeatureTheyUse() {
    return Stream.of(
        Arguments.of(new ExpiringFn(), Feature.ON_WINDOW_EXPIRATION),
        Arguments.of(new MultimapFn(), Feature.MULTIMAP_STATE),
        Arguments.of(new OrderedListFn(), Feature.ORDERED_LIST_STATE),
        Arguments.of(new TimerMapFn(), Feature.TIMER_FAMILY),
        Arguments.of(new SortedFn(), Feature.TIME_SORTED_INPUT));
  }

  @ParameterizedTest
  @MethodSource("fnsWithTheFeatureTheyUse")
  void refusesAFeatureOnAnEngineThatLacksItAndOnNoOther(
      DoFn<KV<String, Long>, Long> fn, Feature feature) {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply("Keep", ParDo.of(fn));

    assertThat(
        PUDDLE.check(pipeline, true),
        contains(
            GraphFinding.refuse(
                feature.rule(),
                "Keep/ParMultiDo(" + fn.getClass().getSimpleName().replace("Fn", "") + ")",
                feature.use() + ", and on puddle it would dry up",
                feature.fix())));
    assertThat(PUDDLE.check(pipeline, false), is(empty()));
    assertThat(SEA.check(pipeline, true), is(empty()));
  }

  @Test
  void findsNothingWrongWithPlainStateAndEventTimeTimers() {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply("Keep", ParDo.of(new TimedFn(TimeDomain.EVENT_TIME)));

    assertThat(PUDDLE.check(pipeline, true), is(empty()));
  }

  @Test
  void refusesATestStreamWhereBatchesKnowNone() {
    Pipeline bad = backfill();
    bad.apply("Given", TestStream.create(VarLongCoder.of()).advanceWatermarkToInfinity());
    Pipeline good = backfill();
    good.apply("Given", Create.of(1L));

    assertThat(rules(PUDDLE.check(bad, true)), contains("test-stream Given"));
    assertThat(PUDDLE.check(good, true), is(empty()));
  }

  @Test
  void refusesAStreamOnAnEngineThatRunsBackfillsOnly() {
    GraphLint lint =
        GraphLint.of(
            "pond", List.of(Unsupported.inStreams(Feature.UNBOUNDED_INPUT, "it stands still")));
    Pipeline pipeline = backfill();
    pipeline.apply("Count", GenerateSequence.from(0));

    assertThat(
        lint.check(pipeline, false).stream().map(GraphFinding::toString).toList(),
        contains(
            "--events: names a stream, and pond runs backfills only: it stands still; run it on"
                + " Flink (-Pflink-runner), or give the source an end: kafka://…?end=latest"));
    assertThat(lint.check(pipeline, true), is(empty()));
  }

  @Test
  void refusesASplittableDoFnWithoutEndWhereNoneCanBeRead() {
    GraphLint lint =
        GraphLint.of(
            "pond", List.of(Unsupported.inStreams(Feature.UNBOUNDED_SPLITTABLE_DOFN, "none is")));
    Pipeline bad = backfill();
    bad.apply("Given", Create.of(1L)).apply("Drip", ParDo.of(new EndlessFn()));
    Pipeline good = backfill();
    good.apply("Given", Create.of(1L)).apply("Drip", ParDo.of(new EndingFn()));

    assertThat(
        rules(lint.check(bad, false)),
        contains("unbounded-splittable-dofn Drip/ParMultiDo(Endless)"));
    assertThat(lint.check(good, false), is(empty()));
  }

  @Test
  void refusesTimersOfTheWallClockOnAnyEngine() {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply("Keep", ParDo.of(new TimedFn(TimeDomain.PROCESSING_TIME)));

    assertThat(
        SEA.check(pipeline, true).stream().map(GraphFinding::toString).toList(),
        contains(
            "Keep/ParMultiDo(Timed): its timer due fires by the wall clock, which does not exist "
                + "in a backfill; declare it with TimeDomain.EVENT_TIME; what may depend on the "
                + "wall clock"
                + " is a trigger"));
  }

  @Test
  void findsNothingWrongWithTimersOfTheWallClockThatDeliverRows() {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply("Post", new Delivery());

    assertThat(SEA.check(pipeline, true), is(empty()));
  }

  record Street(String name) {}

  record Alarm(long number) {}

  @Test
  void findsNothingWrongWithTimersOfTheWallClockThatLetEffectsWait() {
    Pipeline pipeline = backfill();
    pipeline
        .apply(
            "Given",
            Create.of(
                    Answer.at(new Street("a"), Instant.parse("2026-03-01T10:00:00Z"), new Alarm(1)))
                .withCoder(
                    AnswerCoder.of(RecordCoder.of(Street.class), RecordCoder.of(Alarm.class))))
        .apply(
            "Delay",
            DelayEffects.atMost(Duration.ofMinutes(1), LoadTerms.of(1_000, 0.8, 0.9, 0.95)));

    assertThat(SEA.check(pipeline, true), is(empty()));
  }

  private static final class Delivery
      extends PTransform<PCollection<KV<String, Long>>, PCollection<Long>> implements Delivers {

    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<Long> expand(PCollection<KV<String, Long>> rows) {
      return rows.apply("Keep", ParDo.of(new TimedFn(TimeDomain.PROCESSING_TIME)));
    }
  }

  @Test
  void refusesTimersOfTheWallClockWithinBeamsTransformsToo() {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply("Once", Deduplicate.values());

    assertThat(
        rules(SEA.check(pipeline, true)), contains(startsWith("processing-time-timer Once/")));
  }

  @Test
  void findsNothingWrongWithTriggersAndBatchesOfTheWallClock() {
    Pipeline pipeline = backfill();
    PCollection<KV<String, Long>> counted = keyedStream(pipeline);
    counted
        .apply(
            "Window",
            Windows.tumbling(Duration.ofMinutes(1))
                .withEarlyAnswersEvery(Duration.ofSeconds(1))
                .into())
        .apply("Sum", Sum.longsPerKey());
    counted.apply(
        "Batches",
        GroupIntoBatches.<String, Long>ofSize(10)
            .withMaxBufferingDuration(org.joda.time.Duration.standardSeconds(1)));

    assertThat(SEA.check(pipeline, false), is(empty()));
  }

  @Test
  void refusesStateInSessions() {
    Pipeline bad = backfill();
    keyed(bad)
        .apply("Window", Windows.sessions(Duration.ofMinutes(1)).into())
        .apply("Keep", ParDo.of(new TimedFn(TimeDomain.EVENT_TIME)));
    Pipeline good = backfill();
    keyed(good)
        .apply("Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply("Keep", ParDo.of(new TimedFn(TimeDomain.EVENT_TIME)));

    assertThat(
        SEA.check(bad, true).stream().map(GraphFinding::toString).toList(),
        contains(
            "Keep/ParMultiDo(Timed): keeps state or timers in windows that merge (Sessions), and no"
                + " engine merges these; keep the state in the global window, and compare event"
                + " times; or combine"));
    assertThat(SEA.check(good, true), is(empty()));
  }

  @Test
  void refusesTwoWaysOfReadingKafka() {
    Pipeline bad = backfill();
    bad.apply("Orders", kafka().withOffsetDeduplication(false));
    bad.apply("Prices", kafka().withConsumerPollingTimeout(1));
    Pipeline good = backfill();
    good.apply("Orders", kafka().withOffsetDeduplication(false));
    good.apply("Prices", kafka().withOffsetDeduplication(false));

    assertThat(
        rules(SEA.check(bad, false)),
        contains(
            "kafka-reads-mixed"
                + " Prices/KafkaIO.Read.ReadFromKafkaViaSDF/KafkaIO.ReadSourceDescriptors"));
    assertThat(SEA.check(good, false), is(empty()));
  }

  @Test
  void refusesASplittableReadOfKafkaWhereStreamsDoNotWantIt() {
    GraphLint lint =
        GraphLint.of(
            "brook", List.of(Unsupported.inStreams(Feature.KAFKA_SPLITTABLE_STREAM, "it silts")));
    Pipeline bad = backfill();
    bad.apply("Prices", kafka().withConsumerPollingTimeout(1));
    Pipeline good = backfill();
    good.apply("Prices", kafka().withOffsetDeduplication(false));

    assertThat(
        rules(lint.check(bad, false)),
        contains(
            "kafka-splittable-stream"
                + " Prices/KafkaIO.Read.ReadFromKafkaViaSDF/KafkaIO.ReadSourceDescriptors"));
    assertThat(lint.check(good, false), is(empty()));
  }

  @Test
  void refusesJavaSerializationOfElements() {
    Pipeline bad = backfill();
    bad.apply("Given", Create.of(new Plain(1)).withCoder(SerializableCoder.of(Plain.class)));
    Pipeline good = backfill();
    good.apply("Given", Create.of(new Fish("carp")).withCoder(RecordCoder.of(Fish.class)));

    List<GraphFinding> findings = SEA.check(bad, true);

    assertThat(findings.get(0).rule(), is("serializable-coder"));
    assertThat(
        findings.get(0).reason(),
        is(
            "what it gives is coded by Java serialization (SerializableCoder), which is slow, and"
                + " breaks when a class changes"));
    assertThat(rules(findings), everyItem(startsWith("serializable-coder Given")));
    assertThat(SEA.check(good, true), is(empty()));
  }

  @Test
  void refusesJavaSerializationOfState() {
    Pipeline bad = backfill();
    keyed(bad).apply("Keep", ParDo.of(new KeepFn<>(SerializableCoder.of(Plain.class))));
    Pipeline good = backfill();
    keyed(good).apply("Keep", ParDo.of(new KeepFn<>(RecordCoder.of(Fish.class))));

    assertThat(rules(SEA.check(bad, true)), contains("serializable-coder Keep/ParMultiDo(Keep)"));
    assertThat(
        SEA.check(bad, true).get(0).reason(), containsString("its state kept is coded by Java"));
    assertThat(SEA.check(good, true), is(empty()));
  }

  @Test
  void refusesKeysWithinStateThatAreNotCodedDeterministically() {
    Pipeline bad = backfill();
    keyed(bad).apply("Keep", ParDo.of(new MapFn<>(DoubleCoder.of())));
    Pipeline good = backfill();
    keyed(good).apply("Keep", ParDo.of(new MapFn<>(StringUtf8Coder.of())));

    List<GraphFinding> findings = SEA.check(bad, true);

    assertThat(rules(findings), contains("nondeterministic-key Keep/ParMultiDo(Map)"));
    assertThat(
        findings.get(0).reason(),
        containsString("its state counts finds entries by bytes that equal keys need not share: "));
    assertThat(SEA.check(good, true), is(empty()));
  }

  @Test
  void refusesAStepThatBeamNumberedBecauseItsNameWasTaken() {
    Pipeline bad = backfill();
    keyed(bad).apply("Sum", Sum.longsPerKey());
    keyed(bad, "More").apply("Sum", Max.longsPerKey());
    Pipeline good = backfill();
    keyed(good).apply("Sum", Sum.longsPerKey());
    keyed(good, "More").apply("Max", Max.longsPerKey());
    keyed(good, "Top3").apply("Sum10", Max.longsPerKey());

    assertThat(
        SEA.check(bad, true).stream().map(GraphFinding::toString).toList(),
        contains(
            "Sum2: there is a step Sum beside it: Beam numbers steps of one name in the order of"
                + " the code, and their state changes places with them; name it: apply(\"Name\","
                + " transform) with a name of its own"));
    assertThat(SEA.check(good, true), is(empty()));
  }

  static Stream<Arguments> namesThatPass() {
    return Stream.of(
        Arguments.of("Read Plain@4488aabb", "an identity hash"),
        Arguments.of("ParDo(Anonymous)", "the name of an anonymous class"),
        Arguments.of("GraphLintTest$1", "the name of an anonymous class"),
        Arguments.of("Main$$Lambda/0x7f", "the name of a lambda"),
        Arguments.of("Write " + UUID.randomUUID(), "a random UUID"),
        Arguments.of("Write 2026-01-05T09:00:00Z", "a moment in time"));
  }

  @ParameterizedTest
  @MethodSource("namesThatPass")
  void refusesANameThatTheNextBuildGivesAnother(String name, String words) {
    Pipeline bad = backfill();
    keyed(bad).apply(name, Sum.longsPerKey());

    assertThat(rules(SEA.check(bad, true)), contains("step-name " + name));
    assertThat(
        SEA.check(bad, true).get(0).reason(),
        is("its name holds " + words + ", which changes with the next build"));
  }

  @Test
  void refusesAnAnonymousDoFnWithoutAName() {
    Pipeline bad = backfill();
    keyed(bad)
        .apply(
            ParDo.of(
                new DoFn<KV<String, Long>, Long>() {
                  @ProcessElement
                  public void process(@Element KV<String, Long> element, OutputReceiver<Long> out) {
                    out.output(element.getValue());
                  }
                }));

    assertThat(rules(SEA.check(bad, true)), contains("step-name ParDo(Anonymous)"));
  }

  @Test
  void refusesANameThatIsAnotherWhenThePipelineIsBuiltAgain() {
    Pipeline once = named("Sum of a");
    Pipeline again = named("Sum of b");

    assertThat(rules(SEA.compare(once, again)), contains("step-name Sum of b"));
    assertThat(SEA.compare(once, named("Sum of a")), is(empty()));
  }

  private static Pipeline named(String name) {
    Pipeline pipeline = backfill();
    keyed(pipeline).apply(name, Sum.longsPerKey());
    return pipeline;
  }

  @Test
  void warnsOfRevisionsThatAreAddedUp() {
    Pipeline pipeline = backfill();
    keyedStream(pipeline)
        .apply("Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply("Sum", Sum.longsPerKey())
        .apply("Highest", Max.longsPerKey());

    List<GraphFinding> findings = SEA.check(pipeline, false);

    assertThat(findings.stream().map(GraphFinding::severity).toList(), contains(Severity.WARN));
    assertThat(rules(findings), contains("revisions-grouped Highest/GroupByKey"));
    assertThat(GraphFinding.refuses(findings), is(false));
  }

  @Test
  void warnsOfRevisionsOfSessionsThatAreAddedUp() {
    Pipeline pipeline = backfill();
    keyedStream(pipeline)
        .apply("Sum", Answers.in(Windows.sessions(Duration.ofMinutes(1))).perKey(Sum.ofLongs()))
        .apply("Values", MapElements.into(TypeDescriptors.longs()).via(Answer::value))
        .apply("ByNothing", WithKeys.<String, Long>of("all").withKeyType(TypeDescriptors.strings()))
        .apply("Highest", Max.longsPerKey());

    assertThat(rules(SEA.check(pipeline, false)), contains("revisions-grouped Highest/GroupByKey"));
  }

  @Test
  void refusesSessionsOnlyIfTheEngineMergesThem() {
    GraphLint lint =
        GraphLint.of("brook", List.of(Unsupported.inBackfills(Feature.SESSIONS, "it loses some")));
    Pipeline bad = backfill();
    keyed(bad)
        .apply("Window", Windows.sessions(Duration.ofMinutes(1)).into())
        .apply("Sum", Sum.longsPerKey());
    Pipeline good = backfill();
    keyed(good)
        .apply("Sum", Answers.in(Windows.sessions(Duration.ofMinutes(1))).perKey(Sum.ofLongs()));

    assertThat(
        lint.check(bad, true).stream().map(GraphFinding::toString).toList(),
        contains(
            "Sum/GroupByKey: groups in windows that merge (sessions), and on brook it loses some;"
                + " answer by Answers.in(Windows.sessions(…)), which merges sessions itself, or run"
                + " it on Flink (-Pflink-runner) or the direct runner"));
    assertThat(lint.check(good, true), is(empty()));
  }

  @Test
  void doesNotWarnOfTheLatestOfRevisions() {
    Pipeline pipeline = backfill();
    keyedStream(pipeline)
        .apply("Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply("Sum", Answers.perKey(Sum.ofLongs()))
        .apply(
            "ByNothing",
            WithKeys.<String, Answer<String, Long>>of("all").withKeyType(TypeDescriptors.strings()))
        .apply("Latest", Answers.perKey(LatestFn.of(all -> new Fish("" + all.size()), Fish.class)));

    assertThat(SEA.check(pipeline, false), is(empty()));
  }

  record Caught(long fish) {}

  @Test
  void doesNotWarnOfAnswersThatHaveSettled() {
    Pipeline pipeline = backfill();
    PCollection<Answer<Fish, Caught>> caught =
        keyedStream(pipeline)
            .apply(
                "Caught",
                Answers.in(Windows.tumbling(Duration.ofMinutes(1)))
                    .perKey(
                        Fish.class,
                        keyed -> new Fish(keyed.getKey()),
                        TallyFn.of(Caught.class, keyed -> new Caught(keyed.getValue()))));
    sumOf("Settled", caught.apply("Settle", Settled.answers()));
    assertThat(SEA.check(pipeline, false), is(empty()));

    sumOf("Revised", caught);
    assertThat(
        rules(SEA.check(pipeline, false)), contains("revisions-grouped Revised Sum/GroupByKey"));
  }

  private static void sumOf(String name, PCollection<Answer<Fish, Caught>> caught) {
    caught
        .apply(
            name + " Values",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                .via(answer -> KV.of("all", answer.value().fish())))
        .apply(name + " Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply(name + " Sum", Sum.longsPerKey());
  }

  @Test
  void doesNotWarnOfTwoGroupingsInABackfill() {
    Pipeline pipeline = backfill();
    keyed(pipeline)
        .apply("Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply("Sum", Sum.longsPerKey())
        .apply("Group", GroupByKey.create());

    assertThat(SEA.check(pipeline, true), is(empty()));
  }

  private static List<String> rules(List<GraphFinding> findings) {
    return findings.stream().map(finding -> finding.rule() + " " + finding.step()).toList();
  }

  private static Pipeline backfill() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    return Pipeline.create(options);
  }

  private static PCollection<KV<String, Long>> keyed(Pipeline pipeline) {
    return keyed(pipeline, "Given");
  }

  private static PCollection<KV<String, Long>> keyed(Pipeline pipeline, String name) {
    return pipeline.apply(
        name,
        Create.of(KV.of("a", 1L)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())));
  }

  private static PCollection<KV<String, Long>> keyedStream(Pipeline pipeline) {
    return pipeline
        .apply("Count", GenerateSequence.from(0))
        .apply("Key", WithKeys.<String, Long>of("a").withKeyType(TypeDescriptors.strings()));
  }

  private static KafkaIO.Read<byte[], byte[]> kafka() {
    return KafkaIO.<byte[], byte[]>read()
        .withBootstrapServers("localhost:1")
        .withTopic("prices")
        .withKeyDeserializer(ByteArrayDeserializer.class)
        .withValueDeserializer(ByteArrayDeserializer.class);
  }

  /** A record: what coders are made for. */
  record Fish(String name) {}

  /** No record. */
  static final class Plain implements Serializable {
    private static final long serialVersionUID = 1L;
    final int number;

    Plain(int number) {
      this.number = number;
    }
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
    public void process(@StateId("kept") MultimapState<String, Long> kept) {
      kept.clear();
    }
  }

  static final class OrderedListFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<OrderedListState<Long>> keptSpec =
        StateSpecs.orderedList(VarLongCoder.of());

    @ProcessElement
    public void process(@StateId("kept") OrderedListState<Long> kept) {
      kept.clear();
    }
  }

  static final class TimerMapFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @TimerFamily("due")
    final TimerSpec dueSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Timestamp org.joda.time.Instant at, @TimerFamily("due") TimerMap due) {
      due.set("a", at);
    }

    @OnTimerFamily("due")
    public void due() {}
  }

  static final class SortedFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(@Element KV<String, Long> element, OutputReceiver<Long> out) {
      out.output(element.getValue());
    }
  }

  static final class TimedFn extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<ValueState<Long>> keptSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("due")
    private final TimerSpec dueSpec;

    TimedFn(TimeDomain domain) {
      dueSpec = TimerSpecs.timer(domain);
    }

    @ProcessElement
    public void process(@StateId("kept") ValueState<Long> kept) {
      kept.write(1L);
    }

    @OnTimer("due")
    public void due() {}
  }

  static final class KeepFn<T> extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("kept")
    private final StateSpec<ValueState<T>> keptSpec;

    KeepFn(Coder<T> coder) {
      keptSpec = StateSpecs.value(coder);
    }

    @ProcessElement
    public void process(@StateId("kept") ValueState<T> kept) {
      kept.clear();
    }
  }

  static final class MapFn<K> extends DoFn<KV<String, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("counts")
    private final StateSpec<MapState<K, Long>> countsSpec;

    MapFn(Coder<K> coder) {
      countsSpec = StateSpecs.map(coder, VarLongCoder.of());
    }

    @ProcessElement
    public void process(@StateId("counts") MapState<K, Long> counts) {
      counts.entries();
    }
  }

  @DoFn.UnboundedPerElement
  static final class EndlessFn extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange all(@Element Long from) {
      return new OffsetRange(from, Long.MAX_VALUE);
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      return tracker.tryClaim(Long.MAX_VALUE)
          ? ProcessContinuation.resume()
          : ProcessContinuation.stop();
    }
  }

  @DoFn.BoundedPerElement
  static final class EndingFn extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange all(@Element Long from) {
      return new OffsetRange(from, from + 1);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      tracker.tryClaim(Long.MAX_VALUE);
    }
  }
}
