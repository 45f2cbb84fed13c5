package dhara.tools.generate;

import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The verb of {@link Generate}. */
public final class GenerateVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "generate",
          "files of its events, with planted faults",
          "Writes seeded events of an analysis as JSON lines, a file for each input, with planted "
              + "faults. FILE.truth.json says what was planted.");

  private final Generate generate;

  public GenerateVerb(Environment environment, LineWriter lines) {
    super(environment, WORDS, GenerateOptions.class);
    this.generate = new Generate(lines);
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
