package dhara.parity;

import dhara.cli.Console;
import dhara.cli.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A run of the command in this process, on the engine of the class path.
 *
 * @param exit its exit code
 * @param out what it said on standard output
 * @param err what it said on standard error
 */
public record Command(int exit, String out, String err) {

  /** Runs the command to its end. */
  public static Command run(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    int exit = Dhara.on(console).run(arguments.toArray(String[]::new));
    return new Command(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The same, of which a test expects that it ends well. */
  public static Command done(List<String> arguments) {
    Command command = run(arguments);
    if (command.exit != 0) {
      throw new AssertionError(arguments + " ended with " + command.exit + ":\n" + command.err);
    }
    return command;
  }
}
