package dhara.lint;

import dhara.ledger.OnlyWatermark;
import dhara.lint.Graph.Step;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.LatestFn;
import dhara.transforms.effect.Settled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;

/**
 * Finds groupings of revisions. With accumulating panes each output of a grouping is a complete
 * answer that replaces the one before. A later grouping receives both and counts events twice,
 * unless it takes the latest of each, or only settled ones come ({@link Settled}), or none. In a
 * backfill there is one pane.
 */
final class Revisions {

  private Revisions() {}

  static List<GraphFinding> check(Graph graph) {
    Set<PCollection<?>> revised = new HashSet<>();
    List<GraphFinding> findings = new ArrayList<>();
    for (Step step : graph.leaves().toList()) {
      boolean ofRevisions = step.inputs().anyMatch(revised::contains);
      boolean revises = groups(step) && accumulates(step.input());
      boolean answers = groups(step) && step.enclosing().anyMatch(Revisions::answersTwice);
      if (ofRevisions && revises && step.enclosing().noneMatch(Revisions::takesTheLatest)) {
        findings.add(
            GraphFinding.warn(
                "revisions-grouped",
                step.name(),
                "groups answers and the revisions that replaced them: events may count twice",
                "combine by LatestFn"));
      }
      if ((ofRevisions || revises || answers)
          && step.enclosing().noneMatch(Revisions::passesOnNoRevision)) {
        step.outputs().forEach(revised::add);
      }
    }
    return findings;
  }

  private static boolean groups(Step step) {
    return step.transform() instanceof GroupByKey
        || (step.fn().anyMatch(DoFnSignatures::isStateful)
            && step.enclosing().anyMatch(outer -> outer.getTransform() instanceof Answers));
  }

  /**
   * Answers about sessions are computed in the global window and put into their own windows
   * afterwards.
   */
  private static boolean answersTwice(Node outer) {
    return outer.getTransform() instanceof Answers
        && outer.getOutputs().values().stream().anyMatch(Revisions::accumulates);
  }

  private static boolean accumulates(PCollection<?> input) {
    return input.isBounded() == IsBounded.UNBOUNDED
        && input.getWindowingStrategy().getMode() == AccumulationMode.ACCUMULATING_FIRED_PANES;
  }

  private static boolean passesOnNoRevision(Node outer) {
    return outer.getTransform() instanceof Settled || outer.getTransform() instanceof OnlyWatermark;
  }

  private static boolean takesTheLatest(Node outer) {
    return (outer.getTransform() instanceof Answers<?, ?, ?, ?, ?> answers
            && answers.fn() instanceof LatestFn)
        || (outer.getTransform() instanceof Combine.PerKey<?, ?, ?> combine
            && combine.getFn() instanceof LatestFn);
  }
}
