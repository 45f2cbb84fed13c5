package dhara.tools.generate;

import dhara.cli.Arguments;
import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.terminal.Console;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The verb of {@link Generate}. */
public final class GenerateVerb implements Verb {

  private final Environment environment;
  private final Generate generate;

  public GenerateVerb(Environment environment, LineWriter lines) {
    this.environment = environment;
    this.generate = new Generate(lines);
  }

  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String synopsis() {
    return "generate ANALYSIS";
  }

  @Override
  public String summary() {
    return "files of its events, with planted faults";
  }

  @Override
  public void help(boolean all) {
    Console console = environment.console();
    console
        .out()
        .print(
            known()
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Writes seeded events of an analysis as JSON lines, a file for each "
                            + "input, with planted faults. FILE.truth.json says what was planted."),
                    console));
  }

  @Override
  public Arguments known() {
    return Arguments.ofVerb(name(), ANALYSIS, GenerateOptions.class);
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    Optional<Asked<GenerateOptions>> asked =
        Asked.of(this, arguments, "--count=1000", GenerateOptions.class, environment);
    if (asked.isEmpty()) {
      help(false);
    } else {
      generate.run(asked.get().analysis(), asked.get().options(), environment.console());
    }
    return ExitCode.DONE;
  }
}
