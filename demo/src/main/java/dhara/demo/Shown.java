package dhara.demo;

import dhara.options.BadOption;
import dhara.options.LatenessOptions;
import dhara.options.Nearest;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An analysis that the demonstration shows.
 *
 * @param analysis the analysis
 * @param inputs those that are sent and read
 * @param options of its stream, besides its places
 */
record Shown(Analysis<?> analysis, List<String> inputs, List<String> options) {

  /**
   * The analyses of the composed pages, with the options that suit a screen. Open windows are
   * answered each second, but sliding ones, of which many are open at once, less often.
   */
  private static final Map<String, List<String>> BY_DEFAULT = byDefault();

  /**
   * Events are held back for 90 s. Some of them then revise an answer that was given, and those
   * that the window cannot wait for are late.
   */
  private static final String LATENESS = "--lateness=PT1M";

  /**
   * Inputs without events for hours. A topic of facts that is silent holds back the watermark, and
   * with it all that settles.
   */
  private static final Map<String, Set<String>> SILENT =
      Map.of("fraud", Set.of("labels", "models"));

  private static Map<String, List<String>> byDefault() {
    Map<String, List<String>> options = new LinkedHashMap<>();
    // Sale day
    options.put("order-metrics", List.of("--early=PT1S"));
    options.put("conversion", List.of("--early=PT1S"));
    // Match day
    options.put("viewership", List.of("--early=PT1S"));
    options.put("playback-quality", List.of("--early=PT1S", "--heartbeat=PT20S"));
    options.put("ad-revenue", List.of("--early=PT5S"));
    // Payments
    options.put("transaction-metrics", List.of("--early=PT1S"));
    options.put("fraud", List.of());
    // Rides: a price is settled before it is shown, which takes as long as a window and the
    // lateness.
    options.put("surge-pricing", List.of("--window=PT2M", "--every=PT30S", "--lateness=PT5S"));
    return options;
  }

  /** The names of those that are shown unless the user names others. */
  static List<String> namesByDefault() {
    return List.copyOf(BY_DEFAULT.keySet());
  }

  /**
   * The analysis with this name.
   *
   * @throws BadOption if there is none
   */
  static Shown of(String name) {
    Analysis<?> analysis = Analysis.all().get(name);
    if (analysis == null) {
      throw new BadOption(
          "--analyses", name, "is no analysis." + Nearest.question(name, Analysis.all().keySet()));
    }
    List<String> options = new ArrayList<>(BY_DEFAULT.getOrDefault(name, Command.early(analysis)));
    if (LatenessOptions.class.isAssignableFrom(analysis.options())
        && options.stream().noneMatch(option -> option.startsWith("--lateness="))) {
      options.add(LATENESS);
    }
    List<String> inputs =
        analysis.inputs().stream()
            .map(Input::name)
            .filter(input -> !SILENT.getOrDefault(name, Set.of()).contains(input))
            .toList();
    return new Shown(analysis, inputs, List.copyOf(options));
  }

  String name() {
    return analysis.name();
  }

  /** The topic of an input. */
  String topic(String input) {
    return name() + "-" + input;
  }

  /** The topic of its first answers; those of the others begin with it. */
  String answers() {
    return name() + "-answers";
  }
}
