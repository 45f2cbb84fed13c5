package dhara.tools.help;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.terminal.Console;
import dhara.tools.run.AnalysisVerb;
import java.util.List;

/** Shows the analyses of the class path. */
public final class ListVerb implements Verb {

  private final Environment environment;

  public ListVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return "list";
  }

  @Override
  public String summary() {
    return "the analyses, one per line";
  }

  @Override
  public void help(boolean all) {
    environment.console().out().println(Launcher.NAME + " " + synopsis() + ": " + summary());
  }

  @Override
  public int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      throw new BadOption(arguments.get(0), null, "'list' takes no arguments");
    }
    Console console = environment.console();
    int columns = console.tables() ? console.columns() : Integer.MAX_VALUE;
    console.out().print(Verb.lines(AnalysisVerb.all(environment), columns));
    return ExitCode.DONE;
  }
}
