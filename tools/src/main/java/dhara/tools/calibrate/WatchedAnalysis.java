package dhara.tools.calibrate;

import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An analysis whose own groupings are watched: what they group in a backfill is what a stream keeps
 * in its state until a window closes. The groupings of sources and sinks, which the flow adds, are
 * not counted.
 */
final class WatchedAnalysis<O extends DharaOptions> implements Analysis<O> {

  private final Analysis<O> analysis;
  private final String run;

  /**
   * Watches an analysis.
   *
   * @param run the name under which {@link GroupedBytes} counts
   */
  WatchedAnalysis(Analysis<O> analysis, String run) {
    this.analysis = analysis;
    this.run = run;
  }

  @Override
  public Declaration<O> declaration() {
    return analysis.declaration();
  }

  @Override
  public void build(Flow flow, O options) {
    WatchedFlow watched = new WatchedFlow(flow);
    analysis.build(watched, options);
    watched.watchGroupings();
  }

  /** A flow that remembers which steps it added itself. */
  private final class WatchedFlow implements Flow {

    private final Flow flow;
    private final Set<String> surrounding = new HashSet<>();
    private @Nullable Pipeline pipeline;

    WatchedFlow(Flow flow) {
      this.flow = flow;
    }

    @Override
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      Set<String> before = steps();
      PCollection<T> events = flow.events(input, windows);
      pipeline = events.getPipeline();
      addedSince(before);
      return events;
    }

    /** Its steps are counted as surrounding with those of the next events, or here. */
    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      Set<String> before = steps();
      AsOf<T> reference = flow.reference(input, windows);
      addedSince(before);
      return reference;
    }

    @Override
    public boolean reads(Input<?> input) {
      return flow.reads(input);
    }

    @Override
    public boolean wants(Output<?, ?> output) {
      return flow.wants(output);
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      Set<String> before = steps();
      flow.answers(output, answers);
      addedSince(before);
    }

    private void addedSince(Set<String> before) {
      Set<String> added = steps();
      added.removeAll(before);
      surrounding.addAll(added);
    }

    /** The names of all steps so far; none before the first events tell the pipeline. */
    private Set<String> steps() {
      Set<String> names = new HashSet<>();
      leaves().forEach(node -> names.add(node.getFullName()));
      return names;
    }

    private List<Node> leaves() {
      List<Node> leaves = new ArrayList<>();
      if (pipeline != null) {
        pipeline.traverseTopologically(
            new PipelineVisitor.Defaults() {
              @Override
              public void visitPrimitiveTransform(Node node) {
                leaves.add(node);
              }
            });
      }
      return leaves;
    }

    void watchGroupings() {
      Set<PCollection<?>> grouped = new LinkedHashSet<>();
      for (Node node : leaves()) {
        if (node.getTransform() instanceof GroupByKey
            && !surrounding.contains(node.getFullName())) {
          grouped.addAll(node.getInputs().values());
        }
      }
      int n = 0;
      for (PCollection<?> each : grouped) {
        watch(each, "Watched." + n++);
      }
    }

    private <T> void watch(PCollection<T> grouped, String step) {
      Coder<T> coder = grouped.getCoder();
      grouped.apply(step, ParDo.of(new GroupedBytes.CountFn<>(run, coder)));
    }
  }
}
