package dhara.lint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import dhara.records.RecordCoder;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class FingerprintTest {

  private static final String COUNT = "Count/Read(UnboundedCountingSource)";

  @Test
  void describesEveryStepThatKeepsStateAndNoOther() {
    Pipeline pipeline = pipeline();
    pipeline.apply("Count", GenerateSequence.from(0));
    PCollection<KV<Fish, Long>> caught = caught(pipeline);
    caught.apply("Seen", ParDo.of(new SeenFn()));
    caught.apply("Spread", Reshuffle.of());
    caught
        .apply("Window", Windows.tumbling(Duration.ofMinutes(1)).into())
        .apply("Sum", Sum.longsPerKey());
    caught.apply("Group", GroupByKey.create());

    Fingerprint fingerprint = Fingerprint.of("fishing", pipeline);

    String key = "Record(" + Fish.class.getName() + ")";
    Fingerprint.Windowing global =
        new Fingerprint.Windowing(
            "GlobalWindows",
            "GlobalWindow$Coder",
            false,
            "DefaultTrigger",
            "DISCARDING_FIRED_PANES",
            0);
    Fingerprint.Windowing minutes =
        new Fingerprint.Windowing(
            "FixedWindows(size=60000)",
            "IntervalWindow$IntervalWindowCoder",
            false,
            "AfterWatermarkEarlyAndLate(NeverTrigger, AfterPane)",
            "ACCUMULATING_FIRED_PANES",
            0);
    assertThat(fingerprint.steps().keySet(), contains("Group", "Seen/ParMultiDo(Seen)", "Sum"));
    assertThat(
        fingerprint.steps().get("Group"),
        is(
            new Fingerprint.Step(
                "group", key, Map.of("elements", "bag of VarLongCoder"), Map.of(), global)));
    assertThat(
        fingerprint.steps().get("Seen/ParMultiDo(Seen)"),
        is(
            new Fingerprint.Step(
                "stateful",
                key,
                Map.of("last", "value of Record(" + Catch.class.getName() + ")"),
                Map.of("forget", "EVENT_TIME"),
                global)));
    assertThat(fingerprint.steps().get("Sum").windowing(), is(minutes));
    assertThat(fingerprint.sources().keySet(), contains(COUNT));
    assertThat(
        fingerprint.records(),
        is(
            Map.of(
                Fish.class.getName(),
                new Fingerprint.RecordShape(true, Map.of("name", "String"), null),
                Catch.class.getName(),
                new Fingerprint.RecordShape(
                    false,
                    Map.of(
                        "grams",
                        "long",
                        "net",
                        "String?",
                        "gear",
                        Gear.class.getName(),
                        "others",
                        "List<" + Fish.class.getName() + ">"),
                    null),
                Gear.class.getName(),
                new Fingerprint.RecordShape(false, null, List.of("NET", "ROD")))));
  }

  @Test
  void isTheSameWhenItIsWrittenAndReadOrBuiltAgain() throws JsonProcessingException {
    Fingerprint fingerprint = fishing("Seen");

    assertThat(Fingerprint.parse(fingerprint.json()), is(fingerprint));
    assertThat(fishing("Seen").json(), is(fingerprint.json()));
    assertThat(Fingerprint.parse(fingerprint.json()).changesTo(fishing("Seen")), is(empty()));
  }

  @Test
  void namesAStepThatWasRenamed() {
    assertThat(
        changes(fishing("Seen"), fishing("Known")),
        contains(
            "break: step Seen/ParMultiDo(Seen) was renamed or removed: a restored stream would lose"
                + " its state; keep the name, or start afresh",
            "compatible: step Known/ParMultiDo(Seen) is new: it starts without state"));
  }

  @Test
  void namesASourceThatWasRenamed() throws JsonProcessingException {
    assertThat(
        changesSince("\"Count/", "\"Counted/"),
        contains(
            "break: source Counted/Read(UnboundedCountingSource) was renamed or removed: a restored"
                + " stream would read from the start again; keep the name, or start afresh",
            "compatible: source " + COUNT + " is new: it reads from its start"));
  }

  @Test
  void namesAClassWithoutWhichASourceCouldNotBeReadBack() throws JsonProcessingException {
    String type = "org.apache.beam.sdk.io.UnboundedSource";
    long version = fishing("Seen").sources().get(COUNT).classes().get(type);

    assertThat(
        changesSince(type + "\" :", "dhara.Gone\" :"),
        contains(
            "break: source "
                + COUNT
                + ": class dhara.Gone was renamed or removed: a restored stream could not read where"
                + " it stands; keep it, or start afresh"));
    assertThat(
        changesSince(type + "\" : " + version, type + "\" : 7"),
        contains(
            "break: source %s: the serial version of %s changed from 7 to %d: a restored stream could"
                    .formatted(COUNT, type, version)
                + " not read its state; undo it, or start afresh"));
  }

  @Test
  void namesAStateThatWasRenamedOrIsKeptInAnotherWay() throws JsonProcessingException {
    assertThat(
        changesSince("\"last\"", "\"latest\""),
        contains(
            "break: step Seen/ParMultiDo(Seen): state latest was renamed or removed: a restored"
                + " stream would lose it; keep the id, or start afresh",
            "compatible: step Seen/ParMultiDo(Seen): state last is new: it is empty at first"));
    assertThat(
        changesSince("\"value of ", "\"bag of "),
        contains(
            "break: step Seen/ParMultiDo(Seen): state last changed from bag of Record("
                + Catch.class.getName()
                + ") to value of Record("
                + Catch.class.getName()
                + "): a restored stream could not read its state; undo it, or start afresh"));
  }

  @Test
  void namesATimerThatWasRenamedOrIsOfAnotherTime() throws JsonProcessingException {
    assertThat(
        changesSince("\"forget\"", "\"drop\""),
        contains(
            "break: step Seen/ParMultiDo(Seen): timer drop was renamed or removed: a restored stream"
                + " would find no method for those set; keep the id, or start afresh",
            "compatible: step Seen/ParMultiDo(Seen): timer forget is new: none is set at first"));
    assertThat(
        changesSince("EVENT_TIME", "PROCESSING_TIME"),
        contains(
            "break: step Seen/ParMultiDo(Seen): timer forget changed from PROCESSING_TIME to"
                + " EVENT_TIME: a restored stream could not read its state; undo it, or start"
                + " afresh"));
  }

  @Test
  void namesAComponentOfAnotherType() throws JsonProcessingException {
    assertThat(
        changesSince("\"grams\" : \"long\"", "\"grams\" : \"int\""),
        contains(
            "break: record Catch component grams changed from int to long: old bytes could not be"
                + " read; keep its type, or start afresh"));
    assertThat(
        changesSince("\"net\" : \"String?\"", "\"net\" : \"String\""),
        contains(
            "break: record Catch component net changed from String to String?: old bytes could not"
                + " be read; keep its type, or start afresh"));
  }

  @Test
  void namesAComponentThatWasAddedAndWhetherOldBytesCanBeReadWithoutIt()
      throws JsonProcessingException {
    assertThat(
        changesSince(",\n        \"net\" : \"String?\"", ""),
        contains("compatible: record Catch component net is new: it is absent in old bytes"));
    assertThat(
        changesSince(
            ",\n        \"others\" : \"List<"
                + Fish.class.getName()
                + ">\",\n        \"net\" : \"String?\"",
            ""),
        contains(
            "break: record Catch component others is new, and is not in old bytes: they could not be"
                + " read; make it @Nullable or Optional, or start afresh",
            "compatible: record Catch component net is new: it is absent in old bytes"));
    assertThat(
        changesSince("\"name\" : \"String\"", ""),
        contains(
            "break: record Fish component name is new, in a key: state that is kept by old keys"
                + " would not be found; leave keys as they are, or start afresh"));
  }

  @Test
  void namesComponentsThatWereRemovedMovedOrRenamed() throws JsonProcessingException {
    assertThat(
        changesSince("\"net\" : \"String?\"", "\"net\" : \"String?\",\n\"boat\" : \"String\""),
        contains(
            "break: record Catch component boat was removed: old bytes could not be read; keep it,"
                + " or start afresh"));
    assertThat(
        changesSince("\"grams\" : \"long\",", ""),
        contains(
            "break: record Catch component grams stands where others stood: old bytes would be read in"
                + " the wrong order; add components at the end, and remove none, or start afresh"));
    assertThat(
        changesSince("\"grams\"", "\"weight\""),
        contains("compatible: record Catch component weight was renamed to grams"));
  }

  @Test
  void namesConstantsThatWereAddedOrRemoved() throws JsonProcessingException {
    assertThat(
        changesSince("\"NET\"", "\"TRAWL\""),
        contains(
            "break: enum Gear constant TRAWL was renamed or removed: a restored stream could not"
                + " read it; keep it, or start afresh",
            "compatible: enum Gear constant NET is new"));
  }

  @Test
  void letsWindowsAndLatenessChangeButNotHowPanesAreKept() throws JsonProcessingException {
    assertThat(
        changesSince("size=60000", "size=30000"),
        contains(
            "compatible: step Sum: its windows changed from FixedWindows(size=30000) to"
                + " FixedWindows(size=60000): those that are open end as they were"));
    assertThat(
        changesSince("\"latenessMillis\" : 5000", "\"latenessMillis\" : 7000"),
        contains(
            "compatible: step Sum: its allowed lateness in milliseconds changed from 7000 to 5000"));
    assertThat(
        changesSince("ACCUMULATING", "DISCARDING"),
        contains(
            "break: step Sum: its panes changed from DISCARDING_FIRED_PANES to"
                + " ACCUMULATING_FIRED_PANES: open windows hold what the others need not, or lack"
                + " what they need; undo it, or start afresh"));
    assertThat(
        changesSince("NeverTrigger", "AfterProcessingTime"),
        contains(
            "break: step Sum: the parts of its trigger changed from"
                + " AfterWatermarkEarlyAndLate(AfterProcessingTime, AfterPane) to"
                + " AfterWatermarkEarlyAndLate(NeverTrigger, AfterPane): marks of what has fired in"
                + " open windows would be read as those of other parts; undo it, or start afresh"));
  }

  /** The changes between another description and the current pipeline. */
  private static List<String> changesSince(String now, String then) throws JsonProcessingException {
    String json = fishing("Seen").json();
    assertThat(json, containsString(now));
    return changes(Fingerprint.parse(json.replace(now, then)), fishing("Seen"));
  }

  private static List<String> changes(Fingerprint was, Fingerprint now) {
    return was.changesTo(now).stream().map(Change::toString).toList();
  }

  private static Fingerprint fishing(String seen) {
    Pipeline pipeline = pipeline();
    pipeline.apply("Count", GenerateSequence.from(0));
    caught(pipeline).apply(seen, ParDo.of(new SeenFn()));
    pipeline
        .apply(
            "Weights",
            Create.of(KV.of("a", 1L))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())))
        .apply(
            "Window",
            Windows.tumbling(Duration.ofMinutes(1)).withLateness(Duration.ofSeconds(5)).into())
        .apply("Sum", Sum.longsPerKey());
    return Fingerprint.of("fishing", pipeline);
  }

  private static PCollection<KV<Fish, Long>> caught(Pipeline pipeline) {
    Coder<Fish> fish = RecordCoder.of(Fish.class);
    return pipeline.apply(
        "Caught",
        Create.of(KV.of(new Fish("carp"), 1L)).withCoder(KvCoder.of(fish, VarLongCoder.of())));
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    return Pipeline.create(options);
  }

  record Fish(String name) {}

  enum Gear {
    NET,
    ROD
  }

  record Catch(Gear gear, long grams, List<Fish> others, Optional<String> net) {}

  static final class SeenFn extends DoFn<KV<Fish, Long>, Long> {
    private static final long serialVersionUID = 1L;

    @StateId("last")
    private final StateSpec<ValueState<Catch>> lastSpec =
        StateSpecs.value(RecordCoder.of(Catch.class));

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@StateId("last") ValueState<Catch> last) {
      last.clear();
    }

    @OnTimer("forget")
    public void forget(@StateId("last") ValueState<Catch> last) {
      last.clear();
    }
  }
}
