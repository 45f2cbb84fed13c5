package dhara.testkit;

import dhara.engine.Engine;
import dhara.options.EarlyOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * A run of the command in this process.
 *
 * @param exit its exit code
 * @param out its standard output
 * @param err its standard error
 */
public record Command(int exit, String out, String err) {

  /** Concatenates arguments. */
  @SafeVarargs
  public static List<String> line(List<String>... parts) {
    List<String> line = new ArrayList<>();
    for (List<String> part : parts) {
      line.addAll(part);
    }
    return line;
  }

  /** The option with which a stream answers open windows each second, if the analysis has it. */
  public static List<String> early(Analysis<?> analysis) {
    return EarlyOptions.class.isAssignableFrom(analysis.options())
        ? List.of("--early=PT1S")
        : List.of();
  }

  /** Runs the command to its end, on the engine of the class path. */
  public static Command run(List<String> arguments) {
    return run(Dhara::on, arguments);
  }

  /** Runs the command to its end, on one of the engines of the class path. */
  public static Command run(String engine, List<String> arguments) {
    return run(console -> Dhara.on(console, engine), arguments);
  }

  private static Command run(Function<Console, Dhara> dhara, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        Console.piped(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = dhara.apply(console).run(arguments.toArray(String[]::new));
    return new Command(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The same, for a run that must succeed. */
  public static Command done(List<String> arguments) {
    return run(arguments).orFail(arguments);
  }

  /** The same on one of the engines of the class path. */
  public static Command done(String engine, List<String> arguments) {
    return run(engine, arguments).orFail(arguments);
  }

  /** The same for a verb that does not depend on the engine, on any engine of the class path. */
  public static Command doneAnywhere(List<String> arguments) {
    Engine any = ServiceLoader.load(Engine.class).findFirst().orElseThrow(AssertionError::new);
    return done(any.name(), arguments);
  }

  private Command orFail(List<String> arguments) {
    if (exit != 0) {
      throw new AssertionError(arguments + " ended with " + exit + ":\n" + err);
    }
    return this;
  }
}
