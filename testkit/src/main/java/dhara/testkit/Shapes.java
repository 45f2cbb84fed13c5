package dhara.testkit;

import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.testing.CrashingRunner;

/**
 * The shapes of a run: its windows (tumbling, sliding, session, calendar, ever), the number of
 * inputs, and whether it joins or orders them, or decides about them. Runs of the same shapes
 * behave alike, so not every analysis needs to be tested under each fault alone.
 */
public final class Shapes {

  private static final String TRANSFORMS = "dhara.transforms.";

  /** The shape of each package of transforms that treats time in its own way. */
  private static final Map<String, String> BY_PACKAGE =
      Map.of(
          TRANSFORMS + "decide",
          "deciding",
          TRANSFORMS + "join",
          "join",
          TRANSFORMS + "order",
          "ordered");

  /**
   * A run of an analysis.
   *
   * @param options of its {@link Oracle#runs}
   */
  public record Run(String analysis, List<String> options) {}

  private Shapes() {}

  /** All runs of all oracles. */
  public static List<Run> all() {
    return Full.analyses().stream()
        .flatMap(name -> Oracle.of(name).runs().stream().map(options -> new Run(name, options)))
        .toList();
  }

  /** The first run of each shape; one run may be the first of several shapes. */
  public static List<Run> firsts() {
    Map<String, Run> firsts = new LinkedHashMap<>();
    for (Run run : all()) {
      for (String shape : of(Analysis.all().get(run.analysis), run.options)) {
        firsts.putIfAbsent(shape, run);
      }
    }
    return firsts.values().stream().distinct().toList();
  }

  /** The analyses of {@link #firsts}; with {@code -Pfull} all of them. */
  public static Set<String> analyses() {
    return Full.asked()
        ? Full.analyses()
        : firsts().stream().map(Run::analysis).collect(Collectors.toCollection(TreeSet::new));
  }

  /** The shapes of a run. */
  public static <O extends DharaOptions> Set<String> of(
      Analysis<O> analysis, List<String> options) {
    O parsed = Oracle.options(analysis, options);
    parsed.setRunner(CrashingRunner.class); // the pipeline is inspected, and never run
    Bare bare = Bare.of(analysis, parsed);
    Set<String> shapes = new TreeSet<>();
    bare.windows().forEach(windows -> shapes.add(of(windows)));
    if (analysis.inputs().size() > 1) {
      shapes.add("inputs");
    }
    bare.pipeline()
        .traverseTopologically(
            new PipelineVisitor.Defaults() {
              @Override
              public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node step) {
                if (step.getTransform() != null) {
                  String of = BY_PACKAGE.get(step.getTransform().getClass().getPackageName());
                  shapes.addAll(of == null ? Set.of() : Set.of(of));
                }
                return CompositeBehavior.ENTER_TRANSFORM;
              }
            });
    return shapes;
  }

  /** How long after its time an event of a run can come, at the most, before it is late. */
  public static Duration patience(Analysis<?> analysis, List<String> options) {
    return bare(analysis, options).windowsOfFacts().stream()
        .map(of -> of.stream().map(Windows::patience).min(Comparator.naturalOrder()).orElseThrow())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** How long an event of a run can matter; windows that never end are left out. */
  public static Duration horizon(Analysis<?> analysis, List<String> options) {
    return bare(analysis, options).windows().stream()
        .filter(windows -> !windows.endless())
        .map(Windows::horizon)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private static <O extends DharaOptions> Bare bare(Analysis<O> analysis, List<String> options) {
    return Bare.of(analysis, Oracle.options(analysis, options));
  }

  private static String of(Windows windows) {
    if (windows.merging()) {
      return "session";
    } else if (windows.endless()) {
      return "ever";
    } else if (windows.calendar()) {
      return "calendar";
    }
    return windows.width().equals(windows.every()) ? "tumbling" : "sliding";
  }
}
