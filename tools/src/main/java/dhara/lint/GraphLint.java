package dhara.lint;

import dhara.connectors.Delivers;
import dhara.lint.Graph.Step;
import dhara.lint.StateKinds.Kept;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.overload.DelayEffects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.Coder.NonDeterministicException;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecordCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * Checks the graph of a pipeline before it runs: that the engine can run it, that no answer depends
 * on the wall clock, that it can be restored, and that its coders are fit for stored state.
 *
 * <p>A graph does not show three things: what a DoFn does with a timer on bounded input, where
 * timers fire only at the end; whether the output of a timer holds the watermark back; and whether
 * a DoFn reads the wall clock itself. While the graph is built, Beam refuses keys of groupings and
 * of stateful DoFns whose coder is not deterministic. Keys within a state are not checked by Beam,
 * so they are checked here.
 *
 * <pre>{@code
 * List<GraphFinding> findings = GraphLint.of(engine.name(), engine.unsupported()).check(pipeline, true);
 * }</pre>
 */
public final class GraphLint {

  private final String engine;
  private final List<Unsupported> unsupported;

  private GraphLint(String engine, List<Unsupported> unsupported) {
    this.engine = engine;
    this.unsupported = unsupported;
  }

  /**
   * The checks for an engine.
   *
   * @param engine its name
   * @param unsupported what it cannot run
   */
  public static GraphLint of(String engine, List<Unsupported> unsupported) {
    return new GraphLint(engine, List.copyOf(unsupported));
  }

  /**
   * The problems of a pipeline, in the order of its steps.
   *
   * @param bounded whether each of its inputs ends
   */
  public List<GraphFinding> check(Pipeline pipeline, boolean bounded) {
    Graph graph = Graph.of(pipeline);
    List<GraphFinding> findings = new ArrayList<>();
    if (!bounded) {
      lacking(Feature.UNBOUNDED_INPUT, false)
          .ifPresent(
              lack ->
                  findings.add(
                      GraphFinding.refuse(
                          lack.feature().rule(),
                          "--events",
                          "names a stream, and "
                              + engine
                              + " runs backfills only: "
                              + lack.reason(),
                          lack.feature().fix())));
    }
    for (Step step : graph.steps()) {
      features(step).forEach(feature -> lack(step, feature, bounded).ifPresent(findings::add));
      step.fn().forEach(fn -> findings.addAll(fn(step, fn)));
      if (step.leaf()) {
        step.outputs()
            .filter(output -> serializes(output.getCoder()))
            .forEach(output -> findings.add(serialized(step, "", output.getCoder())));
      }
    }
    findings.addAll(mixedKafka(graph));
    findings.addAll(StepNames.check(graph));
    findings.addAll(Revisions.check(graph));
    return findings;
  }

  /** Compares two builds of one pipeline with the same options: names of steps must not differ. */
  public List<GraphFinding> compare(Pipeline once, Pipeline again) {
    return StepNames.compare(Graph.of(once), Graph.of(again));
  }

  private Optional<Unsupported> lacking(Feature feature, boolean bounded) {
    return unsupported.stream()
        .filter(lack -> lack.feature() == feature && lack.applies(bounded))
        .findFirst();
  }

  private Optional<GraphFinding> lack(Step step, Feature feature, boolean bounded) {
    return lacking(feature, bounded)
        .map(
            lack ->
                GraphFinding.refuse(
                    feature.rule(),
                    step.name(),
                    feature.use() + ", and on " + engine + " " + lack.reason(),
                    feature.fix()));
  }

  private static Stream<Feature> features(Step step) {
    List<Feature> features = new ArrayList<>();
    if (step.transform() instanceof TestStream) {
      features.add(Feature.TEST_STREAM);
    }
    if (step.transform() instanceof KafkaIO.ReadSourceDescriptors
        && step.outputs().anyMatch(output -> output.isBounded() == IsBounded.UNBOUNDED)) {
      features.add(Feature.KAFKA_SPLITTABLE_STREAM);
    }
    if (step.transform() instanceof GroupByKey
        && step.input().getWindowingStrategy().needsMerge()) {
      features.add(Feature.SESSIONS);
    }
    step.fn().forEach(fn -> features.addAll(features(fn)));
    return features.stream();
  }

  private static List<Feature> features(DoFn<?, ?> fn) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(fn);
    List<Feature> features = new ArrayList<>();
    if (signature.processElement().isSplittable()
        && signature.isBoundedPerElement() == IsBounded.UNBOUNDED) {
      features.add(Feature.UNBOUNDED_SPLITTABLE_DOFN);
    }
    if (signature.onWindowExpiration() != null) {
      features.add(Feature.ON_WINDOW_EXPIRATION);
    }
    if (DoFnSignatures.usesMultimapState(fn)) {
      features.add(Feature.MULTIMAP_STATE);
    }
    if (DoFnSignatures.usesOrderedListState(fn)) {
      features.add(Feature.ORDERED_LIST_STATE);
    }
    if (!signature.timerFamilyDeclarations().isEmpty()) {
      features.add(Feature.TIMER_FAMILY);
    }
    if (signature.processElement().requiresTimeSortedInput()) {
      features.add(Feature.TIME_SORTED_INPUT);
    }
    return features;
  }

  private static List<GraphFinding> fn(Step step, DoFn<?, ?> fn) {
    List<GraphFinding> findings = new ArrayList<>();
    if (!settles(step)) {
      StateKinds.timers(fn)
          .forEach(
              (id, domain) -> {
                if (domain != TimeDomain.EVENT_TIME) {
                  findings.add(
                      GraphFinding.refuse(
                          "processing-time-timer",
                          step.name(),
                          "its timer "
                              + id
                              + " fires by the wall clock, which does not exist in "
                              + "a backfill",
                          "declare it with TimeDomain.EVENT_TIME; what may depend on the wall clock"
                              + " is a trigger"));
                }
              });
    }
    if (DoFnSignatures.isStateful(fn) && step.input().getWindowingStrategy().needsMerge()) {
      findings.add(
          GraphFinding.refuse(
              "state-in-merging-windows",
              step.name(),
              "keeps state or timers in windows that merge ("
                  + step.input().getWindowingStrategy().getWindowFn().getClass().getSimpleName()
                  + "), and no engine merges these",
              "keep the state in the global window, and compare event times; or combine"));
    }
    new TreeMap<>(StateKinds.states(fn))
        .forEach(
            (id, kept) -> {
              kept.coders().stream()
                  .filter(coder -> serializes(coder) && !ofBeam(fn))
                  .forEach(coder -> findings.add(serialized(step, "its state " + id, coder)));
              nonDeterministic(step, id, kept).ifPresent(findings::add);
            });
    return findings;
  }

  /** Here the clock decides when elements are passed on, or how many at once, but not which. */
  private static boolean settles(Step step) {
    return step.enclosing()
        .anyMatch(
            outer ->
                outer.getTransform() instanceof GroupIntoBatches
                    || outer.getTransform() instanceof Answers
                    || outer.getTransform() instanceof DelayEffects
                    || outer.getTransform() instanceof Delivers);
  }

  private static Optional<GraphFinding> nonDeterministic(Step step, String id, Kept kept) {
    if (!kept.byKey()) {
      return Optional.empty();
    }
    try {
      kept.coders().get(0).verifyDeterministic();
      return Optional.empty();
    } catch (NonDeterministicException e) {
      return Optional.of(
          GraphFinding.refuse(
              "nondeterministic-key",
              step.name(),
              "its state "
                  + id
                  + " finds entries by bytes that equal keys need not share: "
                  + String.join(", ", e.getReasons()),
              "use a key whose coder is deterministic, e.g. a record without double and float"));
    }
  }

  private static GraphFinding serialized(Step step, String what, Coder<?> coder) {
    return GraphFinding.refuse(
        "serializable-coder",
        step.name(),
        (what.isEmpty() ? "what it gives" : what)
            + " is coded by Java serialization ("
            + CoderShape.text(coder)
            + "), which is slow, and breaks when a class changes",
        "make it a record, which RecordCoder codes, or set a coder");
  }

  private static boolean serializes(Coder<?> coder) {
    return coder instanceof SerializableCoder
        || coder.getCoderArguments().stream().anyMatch(GraphLint::serializes);
  }

  /** Only Beam can choose the coders of its state. */
  private static boolean ofBeam(DoFn<?, ?> fn) {
    return fn.getClass().getName().startsWith("org.apache.beam.");
  }

  private static List<GraphFinding> mixedKafka(Graph graph) {
    List<Step> legacy = graph.leaves().filter(GraphLint::readsKafkaUnbounded).toList();
    return legacy.isEmpty()
        ? List.of()
        : graph.steps().stream()
            .filter(step -> step.transform() instanceof KafkaIO.ReadSourceDescriptors)
            .map(
                step ->
                    GraphFinding.refuse(
                        "kafka-reads-mixed",
                        step.name(),
                        "reads Kafka by KafkaIO's splittable DoFn, and "
                            + legacy.get(0).name()
                            + " by its UnboundedSource: their watermarks and checkpoints differ",
                        "read both the same way, as KafkaSource does"))
            .toList();
  }

  private static boolean readsKafkaUnbounded(Step step) {
    // The source's class is private to KafkaIO, so it is recognised by name.
    return step.transform() instanceof Read.Unbounded<?> read
        && read.getSource().getOutputCoder() instanceof KafkaRecordCoder;
  }
}
