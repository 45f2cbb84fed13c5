package dhara.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * The steps of a built pipeline, in topological order.
 *
 * @param pipeline the pipeline
 * @param steps all steps, composite ones before their parts
 */
record Graph(Pipeline pipeline, List<Step> steps) {

  /**
   * A step.
   *
   * @param node its node in the pipeline
   * @param leaf whether it has no parts
   */
  record Step(Node node, boolean leaf) {

    /** Its full name, by which state is restored. */
    String name() {
      return node.getFullName();
    }

    PTransform<?, ?> transform() {
      return node.getTransform();
    }

    /** The DoFn that it runs, or none. */
    Stream<DoFn<?, ?>> fn() {
      return transform() instanceof ParDo.MultiOutput<?, ?> parDo
          ? Stream.of(parDo.getFn())
          : Stream.empty();
    }

    /** What it reads, without side inputs. */
    Stream<PCollection<?>> inputs() {
      return node.getInputs().entrySet().stream()
          .filter(input -> !transform().getAdditionalInputs().containsKey(input.getKey()))
          .map(Map.Entry::getValue);
    }

    /** What it reads, if it reads one collection. */
    PCollection<?> input() {
      return inputs().findFirst().orElseThrow();
    }

    Stream<PCollection<?>> outputs() {
      return node.getOutputs().values().stream().map(output -> (PCollection<?>) output);
    }

    /** The composite steps that contain it, the innermost first. */
    Stream<Node> enclosing() {
      return Stream.iterate(
          node.getEnclosingNode(), outer -> !outer.isRootNode(), Node::getEnclosingNode);
    }
  }

  static Graph of(Pipeline pipeline) {
    List<Step> steps = new ArrayList<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(Node node) {
            if (node.isRootNode()) {
              return CompositeBehavior.ENTER_TRANSFORM;
            }
            // Inside, a source is an element, coded by Java serialization; engines read it
            // directly.
            boolean leaf =
                node.getTransform() instanceof Read.Unbounded
                    || node.getTransform() instanceof Read.Bounded;
            steps.add(new Step(node, leaf));
            return leaf
                ? CompositeBehavior.DO_NOT_ENTER_TRANSFORM
                : CompositeBehavior.ENTER_TRANSFORM;
          }

          @Override
          public void visitPrimitiveTransform(Node node) {
            steps.add(new Step(node, true));
          }
        });
    return new Graph(pipeline, steps);
  }

  Stream<Step> leaves() {
    return steps.stream().filter(Step::leaf);
  }
}
