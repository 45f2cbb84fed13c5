package dhara.tools.help;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.run.AnalysisVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shows the analyses of the class path: on a terminal by domain, and for other programs one per
 * line, by name.
 */
public final class ListVerb implements Verb {

  private static final String INDENT = "  ";

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
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      throw new BadOption(arguments.get(0), null, "'list' takes no arguments");
    }
    Console console = environment.console();
    if (console.tables()) {
      Map<String, List<Verb>> domains = new TreeMap<>();
      for (Analysis<?> analysis : environment.analyses().values()) {
        domains
            .computeIfAbsent(analysis.domain(), domain -> new ArrayList<>())
            .add(AnalysisVerb.of(environment, analysis));
      }
      domains.forEach(
          (domain, verbs) -> {
            console.out().println(domain);
            Verb.lines(verbs, console.columns() - INDENT.length())
                .lines()
                .forEach(line -> console.out().println(INDENT + line));
          });
    } else {
      console.out().print(Verb.lines(AnalysisVerb.all(environment), Integer.MAX_VALUE));
    }
    return ExitCode.DONE;
  }
}
