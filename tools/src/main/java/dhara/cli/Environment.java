package dhara.cli;

import dhara.engine.Engine;
import dhara.engine.EngineSettings;
import dhara.engine.JobFactory;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.options.Nearest;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What every verb works with.
 *
 * @param console where it speaks
 * @param engineName the engine to run on; null where the class path has only one
 * @param jobs builds the pipeline around an analysis
 * @param analyses those of the class path, by name
 * @param variables those of the process, some of which say what options are
 */
public record Environment(
    Console console,
    @Nullable String engineName,
    JobFactory jobs,
    SortedMap<String, Analysis<?>> analyses,
    Map<String, String> variables) {

  /**
   * The engine.
   *
   * @throws BadOption where the class path does not say which, or has not the one that was named
   */
  public Engine engine() {
    return engineName == null ? EngineSettings.found() : EngineSettings.named(engineName);
  }

  /** What Dhara sets on the engine where the user says nothing, by option. */
  public Map<String, String> setByDhara() {
    return EngineSettings.of(engine(), Map.of(), List.of()).byDhara();
  }

  /**
   * The analysis of a name.
   *
   * @throws BadOption where there is none
   */
  public Analysis<?> analysis(String name) {
    return analysis(name, Set.of());
  }

  /**
   * The analysis of a name that might have been a verb's.
   *
   * @param verbs the names that would have been known too
   * @throws BadOption where there is none
   */
  public Analysis<?> analysis(String name, Collection<String> verbs) {
    Analysis<?> analysis = analyses.get(name);
    if (analysis == null) {
      Set<String> known = new TreeSet<>(analyses.keySet());
      known.addAll(verbs);
      throw new BadOption(
          name,
          null,
          "is no analysis"
              + (verbs.isEmpty() ? "" : " or verb")
              + "."
              + Nearest.question(name, known)
              + " '"
              + Launcher.command("list")
              + "' shows the analyses.");
    }
    return analysis;
  }

  /**
   * The analysis that a verb's arguments begin with.
   *
   * @param example what may follow it
   * @throws BadOption where they begin with none
   */
  public Analysis<?> analysis(Verb verb, List<String> arguments, String example) {
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadOption(
          verb.name(), null, "names no analysis; write " + verb.synopsis() + " " + example);
    }
    return analysis(arguments.get(0));
  }
}
