package dhara.lint;

import dhara.lint.Graph.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;

/**
 * Checks the names of steps, by which a stream's state is restored. Names within Beam's own
 * transforms are not checked.
 */
final class StepNames {

  private static final String RULE = "step-name";
  private static final String FIX = "name it: apply(\"Name\", transform)";

  /** Parts of names that differ in each build or process, with a description. */
  private static final Map<Pattern, String> PASSING = new LinkedHashMap<>();

  static {
    PASSING.put(Pattern.compile("@[0-9a-f]{4,8}\\b"), "an identity hash");
    PASSING.put(Pattern.compile("\\$\\$?Lambda"), "the name of a lambda");
    PASSING.put(Pattern.compile("\\bAnonymous\\b|\\$\\d+\\b"), "the name of an anonymous class");
    PASSING.put(
        Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "a random UUID");
    PASSING.put(
        Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}|\\b1\\d{12}\\b"), "a moment in time");
  }

  private StepNames() {}

  static List<GraphFinding> check(Graph graph) {
    Set<String> names = names(graph);
    List<GraphFinding> findings = new ArrayList<>();
    for (Step step : graph.steps()) {
      Node outer = step.node().getEnclosingNode();
      if (!outer.isRootNode() && ofBeam(outer)) {
        continue;
      }
      String own = own(step.node());
      PASSING.forEach(
          (pattern, words) -> {
            if (pattern.matcher(own).find()) {
              findings.add(
                  GraphFinding.refuse(
                      RULE,
                      step.name(),
                      "its name holds " + words + ", which changes with the next build",
                      FIX));
            }
          });
      String twin = twin(step.name(), names);
      if (twin != null) {
        findings.add(
            GraphFinding.refuse(
                RULE,
                step.name(),
                "there is a step "
                    + twin
                    + " beside it: Beam numbers steps of one name in the order of the code, and"
                    + " their state changes places with them",
                FIX + " with a name of its own"));
      }
    }
    return findings;
  }

  static List<GraphFinding> compare(Graph once, Graph again) {
    Set<String> first = names(once);
    return again.steps().stream()
        .filter(step -> !first.contains(step.name()))
        .filter(step -> inRootOr(first, step.node().getEnclosingNode()))
        .map(
            step ->
                GraphFinding.refuse(
                    RULE,
                    step.name(),
                    "built twice with the same options, the pipeline has it once: a restored stream"
                        + " would not find its state",
                    "keep clocks, random numbers and the order of sets out of names"))
        .toList();
  }

  private static boolean inRootOr(Set<String> names, Node outer) {
    return outer.isRootNode() || names.contains(outer.getFullName());
  }

  private static Set<String> names(Graph graph) {
    return graph.steps().stream().map(Step::name).collect(Collectors.toCollection(HashSet::new));
  }

  private static String own(Node node) {
    Node outer = node.getEnclosingNode();
    return outer.isRootNode()
        ? node.getFullName()
        : node.getFullName().substring(outer.getFullName().length() + 1);
  }

  private static boolean ofBeam(Node node) {
    return node.getTransform().getClass().getName().startsWith("org.apache.beam.");
  }

  /**
   * The step with the same name, to which Beam appended a number to make this one; null if the
   * digits belong to the name itself. Beam does not record renames, but it uses X2 only if X
   * exists, and X3 only if X2 exists.
   */
  private static String twin(String name, Set<String> names) {
    for (int i = name.length() - 1; i > 0 && Character.isDigit(name.charAt(i)); i--) {
      String base = name.substring(0, i);
      String number = name.substring(i);
      if (number.length() < 6
          && number.charAt(0) != '0'
          && Integer.parseInt(number) > 1
          && names.contains(base)
          && (number.equals("2") || names.contains(base + (Integer.parseInt(number) - 1)))) {
        return base;
      }
    }
    return null;
  }
}
