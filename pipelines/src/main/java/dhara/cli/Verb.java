package dhara.cli;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the command can be told to do. */
interface Verb {

  /** What stands for the name of an analysis in the help. */
  String ANALYSIS = "ANALYSIS";

  /** What the user types. */
  String name();

  /** What else the user may type for it, besides its name. */
  default Set<String> aliases() {
    return Set.of();
  }

  /** How it is written: its name, and what must follow. */
  default String synopsis() {
    return name();
  }

  /** What it does, in one line. */
  String summary();

  /**
   * Says how it is used.
   *
   * @param all whether with the engine's options too
   */
  void help(boolean all);

  /**
   * Does it.
   *
   * @param arguments what follows the verb
   * @return the command's exit code
   * @throws dhara.options.BadOption where the user asks for what cannot be done
   * @throws Exception what made it fail
   */
  int run(List<String> arguments) throws Exception;

  /** Whether nothing is asked of a verb but its help. */
  static boolean helps(List<String> arguments) {
    return arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"));
  }

  /** A line for each: synopsis and summary, in columns. */
  static String lines(Collection<? extends Verb> verbs) {
    int width = verbs.stream().mapToInt(verb -> verb.synopsis().length()).max().orElse(0);
    return verbs.stream()
        .map(verb -> ("%-" + width + "s  %s%n").formatted(verb.synopsis(), verb.summary()))
        .collect(Collectors.joining());
  }
}
