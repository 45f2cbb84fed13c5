package dhara.tools.help;

import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.terminal.Console;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Explains the command as a whole, a verb, or an analysis. */
public final class HelpVerb implements Verb {

  private final Console console;
  private final Function<String, Verb> named;
  private final Runnable overview;

  /**
   * @param named finds a verb or an analysis by its name, or throws
   * @param overview explains the command as a whole
   */
  public HelpVerb(Console console, Function<String, Verb> named, Runnable overview) {
    this.console = console;
    this.named = named;
    this.overview = overview;
  }

  @Override
  public String name() {
    return "help";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("--help", "-h");
  }

  @Override
  public String synopsis() {
    return "help ANALYSIS [--all]";
  }

  @Override
  public String summary() {
    return "its options; --all: the engine's too";
  }

  @Override
  public void help(boolean all) {
    console.out().println(Launcher.NAME + " help [ANALYSIS|VERB] [--all]");
  }

  @Override
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) {
    List<String> topics = arguments.stream().filter(a -> !a.equals("--all")).toList();
    if (topics.isEmpty()) {
      overview.run();
    } else {
      named.apply(topics.get(0)).help(arguments.contains("--all"));
    }
    return ExitCode.DONE;
  }
}
