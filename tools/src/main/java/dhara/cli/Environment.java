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
 * @param console where it prints
 * @param engineName the engine to run on; null if the class path has only one
 * @param jobs builds the pipeline around an analysis
 * @param analyses those of the class path, by name
 * @param variables those of the process, some of which set options
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
   * @throws BadOption if the class path has several and none was named, or lacks the named one
   */
  public Engine engine() {
    return engineName == null ? EngineSettings.found() : EngineSettings.named(engineName);
  }

  /** The engine options that Dhara sets unless the user does, by name. */
  public Map<String, String> setByDhara() {
    return EngineSettings.of(engine(), Map.of(), List.of(), false).byDhara();
  }

  /**
   * The analysis with this name.
   *
   * @throws BadOption if there is none
   */
  public Analysis<?> analysis(String name) {
    return analysis(name, Set.of());
  }

  /**
   * The analysis with this name, which could also have been meant as a verb.
   *
   * @param verbs names of verbs, for suggestions in the error
   * @throws BadOption if there is none
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
   * @throws BadOption if they begin with none
   */
  public Analysis<?> analysis(Verb verb, List<String> arguments, String example) {
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadOption(
          verb.name(), null, "names no analysis; write " + verb.synopsis() + " " + example);
    }
    return analysis(arguments.get(0));
  }
}
