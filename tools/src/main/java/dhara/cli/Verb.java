package dhara.cli;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** A verb of the command. */
public interface Verb {

  /** The placeholder for the name of an analysis in the help. */
  String ANALYSIS = "ANALYSIS";

  /** Between two columns. */
  int GAP = 2;

  /** What the user types. */
  String name();

  /** Other names that the user may type for it. */
  default Set<String> aliases() {
    return Set.of();
  }

  /** Its syntax: its name, and what must follow. */
  default String synopsis() {
    return name();
  }

  /** What it does, in one line. */
  String summary();

  /** The arguments that it takes. */
  default Arguments known() {
    return Arguments.ofVerb(name(), "", PipelineOptions.class);
  }

  /**
   * Prints how it is used.
   *
   * @param all whether to show the engine's options too
   */
  void help(boolean all);

  /**
   * Runs it.
   *
   * @param arguments what follows the verb
   * @return the command's exit code
   * @throws dhara.options.BadOption if the arguments cannot be obeyed
   * @throws Exception if it fails
   */
  int run(List<String> arguments) throws Exception;

  /**
   * Whether it changes something outside of this process, or shows what is kept sealed; such a run
   * is in the audit log.
   *
   * @param arguments what follows the verb
   */
  default boolean changes(List<String> arguments) {
    return arguments.stream().noneMatch(Set.of("--help", "-h", "--explain")::contains);
  }

  /** Whether the arguments ask only for the help. */
  static boolean helps(List<String> arguments) {
    return arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"));
  }

  /** Synopsis and summary of each, in two columns that are as wide as this together. */
  static String lines(Collection<? extends Verb> verbs, int columns) {
    int first = verbs.stream().mapToInt(verb -> verb.synopsis().length()).max().orElse(0);
    int longest = verbs.stream().mapToInt(verb -> verb.summary().length()).max().orElse(0);
    int second = Math.min(longest, Math.max(columns - first - GAP, first));
    TextTable table =
        TextTable.forColumns(
            new ColorScheme.Builder(Ansi.OFF).build(),
            new Column(first, 0, Column.Overflow.SPAN),
            new Column(second + GAP, GAP, Column.Overflow.WRAP));
    verbs.forEach(verb -> table.addRowValues(verb.synopsis(), verb.summary()));
    return table
        .toString()
        .lines()
        .map(line -> line.stripTrailing() + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
