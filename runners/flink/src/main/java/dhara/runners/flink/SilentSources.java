package dhara.runners.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;

/**
 * The sources of facts of which a stream has read no record. The watermark of a stream is that of
 * the source that is furthest behind, and a source without any record has none: so nothing settles,
 * however much the others bring.
 *
 * <p>References are no such sources: a silent one holds nothing back.
 */
final class SilentSources {

  private static final String SOURCE = ".Source";
  private static final String REFERENCE = ".Versions";

  /** How many looks in a row find the same before it is told: a start takes a while. */
  private static final int PATIENCE = 15;

  private final List<String> facts;
  private int found;
  private int settled;
  private boolean over;

  SilentSources(List<String> facts) {
    this.facts = List.copyOf(facts);
  }

  /** Those of a stream, by the names of its steps. */
  static SilentSources of(Pipeline pipeline) {
    List<String> steps = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (!node.isRootNode()) {
              steps.add(node.getFullName());
            }
            return node.isRootNode()
                ? CompositeBehavior.ENTER_TRANSFORM
                : CompositeBehavior.DO_NOT_ENTER_TRANSFORM;
          }
        });
    return new SilentSources(facts(steps));
  }

  private static List<String> facts(List<String> steps) {
    return steps.stream()
        .filter(step -> step.endsWith(SOURCE))
        .map(step -> step.substring(0, step.length() - SOURCE.length()))
        .filter(source -> !steps.contains(source + REFERENCE))
        .toList();
  }

  /** Whether there is nothing to look for any more. */
  boolean over() {
    return over || facts.size() < 2;
  }

  /**
   * Takes what a look at the stream has found.
   *
   * @param settles whether the stream has a watermark
   * @param read how many records it has read
   * @param heard the sources that records came from
   * @return the line for the user, once; otherwise empty
   */
  String look(boolean settles, long read, Set<String> heard) {
    Set<String> silent = new TreeSet<>(facts);
    silent.removeIf(source -> heard.contains(source.replace('.', '_'))); // as in metrics
    // Metrics of some sources may be known before those of others, so one look proves nothing.
    settled = settles ? settled + 1 : 0;
    found = !settles && read > 0 ? found + 1 : 0;
    if (silent.isEmpty() || settled == PATIENCE) {
      over = true;
      return "";
    } else if (found < PATIENCE) {
      return "";
    }
    over = true;
    String names = String.join(" and ", silent);
    return names
        + ": no record has come, and until one does no answer settles; send one, or start without"
        + " its --events="
        + silent.iterator().next().replaceFirst("(\\.Tokens-[0-9a-f]{8})?(\\.\\d+)?$", "")
        + "=… if that may be left out";
  }
}
