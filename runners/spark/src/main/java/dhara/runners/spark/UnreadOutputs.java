package dhara.runners.spark;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.values.PValue;

/**
 * The outputs that nothing reads, of steps with several outputs. Where Spark is to put on disk what
 * does not fit into memory, Beam 2.70 keeps no coder for these, and the run would fail at their
 * first element (apache/beam#37994).
 */
final class UnreadOutputs extends Pipeline.PipelineVisitor.Defaults {

  private final Set<PValue> read = new HashSet<>();
  private final List<TransformHierarchy.Node> steps = new ArrayList<>();

  private UnreadOutputs() {}

  /** Their names, as {@code STEP: OUTPUT}. */
  static List<String> of(Pipeline pipeline) {
    UnreadOutputs visitor = new UnreadOutputs();
    pipeline.traverseTopologically(visitor);
    List<String> unread = new ArrayList<>();
    for (TransformHierarchy.Node step : visitor.steps) {
      step.getOutputs()
          .forEach(
              (tag, output) -> {
                if (!visitor.read.contains(output)) {
                  unread.add(step.getFullName() + ": " + tag.getId());
                }
              });
    }
    return unread;
  }

  @Override
  public void visitPrimitiveTransform(TransformHierarchy.Node step) {
    read.addAll(step.getInputs().values()); // those of the side too
    if (step.getOutputs().size() > 1) {
      steps.add(step);
    }
  }
}
