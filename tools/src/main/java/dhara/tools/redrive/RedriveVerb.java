package dhara.tools.redrive;

import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.tools.generate.LineWriter;
import java.util.List;
import java.util.Optional;

/** The verb of {@link Redrive}. */
public final class RedriveVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "redrive",
          "dead letters, back to where they belong, once their cause is mended",
          "Reads dead letters of an analysis, and sends those back to its input that are events now,"
              + " by this version and --map, with their original bytes. The others stay where they"
              + " are, and are counted by reason. --output=NAME sends rows again that a webhook or"
              + " Redis did not take. The exit code is 1 if a letter cannot be read, or the numbers"
              + " do not add up. E.g.",
          "redrive order-metrics --letters=kafka://localhost:9092/metrics-dead-letters"
              + " --to=kafka://localhost:9092/orders --journal=/var/lib/dhara/orders.redrive"
              + " --dryRun");

  private final LineWriter lines;

  public RedriveVerb(Environment environment, LineWriter lines) {
    super(environment, WORDS, RedriveOptions.class);
    this.lines = lines;
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    Optional<Asked<RedriveOptions>> asked =
        Asked.of(
            this,
            arguments,
            "--letters=URI --to=URI --journal=FILE",
            RedriveOptions.class,
            environment);
    if (asked.isEmpty()) {
      help(false);
      return ExitCode.DONE;
    }
    return Redrive.run(asked.get().analysis(), asked.get().options(), lines, environment.console());
  }
}
