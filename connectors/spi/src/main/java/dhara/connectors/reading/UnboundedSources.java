package dhara.connectors.reading;

import dhara.options.BadOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.POutput;

/** Finds the source inside a read transform, which is visible only in a pipeline. */
public final class UnboundedSources {

  private UnboundedSources() {}

  /**
   * The one source that a transform reads.
   *
   * @throws IllegalStateException if it reads none, or several
   */
  public static <O extends POutput> UnboundedSource<?, ?> of(PTransform<PBegin, O> read) {
    Pipeline pipeline = Pipeline.create();
    // Some reads look at the runner, and the default runner is not on every class path.
    pipeline.getOptions().setRunner(CrashingRunner.class);
    pipeline.apply("Read", read);
    List<UnboundedSource<?, ?>> found = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof Read.Unbounded<?> unbounded) {
              found.add(unbounded.getSource());
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }
        });
    if (found.size() != 1) {
      throw new IllegalStateException(read.getName() + " reads from " + found + ", not from one");
    }
    return found.get(0);
  }

  /**
   * Refuses invalid durations.
   *
   * @throws BadOption naming the option
   */
  public static void checkTimes(Duration disorder, Duration idleAfter) {
    if (disorder.isNegative()) {
      throw new BadOption("--disorder", disorder, "is below zero, e.g. --disorder=PT10S");
    }
    if (idleAfter.isNegative() || idleAfter.isZero()) {
      throw new BadOption("--idleAfter", idleAfter, "must be above zero, e.g. --idleAfter=PT30S");
    }
  }
}
