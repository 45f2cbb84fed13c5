package dhara.tools.help;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.tools.run.AnalysisVerb;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Prints a script with which bash and zsh complete verbs, analyses, their options and the values of
 * these.
 */
public final class CompletionVerb implements Verb {

  private final Environment environment;
  private final Supplier<List<Verb>> verbs;

  /**
   * @param verbs all others
   */
  public CompletionVerb(Environment environment, Supplier<List<Verb>> verbs) {
    this.environment = environment;
    this.verbs = verbs;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "for bash and zsh: source <(%s completion)".formatted(Launcher.NAME);
  }

  @Override
  public void help(boolean all) {
    environment.console().out().println(Launcher.NAME + " " + synopsis() + ": " + summary());
  }

  @Override
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      throw new BadOption(arguments.get(0), null, "'completion' takes no arguments");
    }
    Collection<String> analyses = environment.analyses().keySet();
    CommandSpec root = CommandSpec.create().name(Launcher.NAME);
    for (Verb verb : verbs.get()) {
      root.addSubcommand(verb.name(), verb.known().completed(analyses));
    }
    AnalysisVerb.all(environment)
        .forEach(verb -> root.addSubcommand(verb.name(), verb.known().completed(analyses)));
    environment.console().out().print(AutoComplete.bash(Launcher.NAME, new CommandLine(root)));
    return ExitCode.DONE;
  }
}
