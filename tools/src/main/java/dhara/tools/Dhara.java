package dhara.tools;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Failure;
import dhara.cli.Logs;
import dhara.engine.JobFactory;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import dhara.tools.generate.LineWriter;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The command. Its verbs are {@code list}, {@code help}, {@code generate}, {@code replay}, {@code
 * reconcile}, {@code redrive}, {@code unseal}, {@code lint}, {@code template}, {@code deploy},
 * {@code advise}, {@code plan}, and the name of every analysis on the class path; without arguments
 * it runs a demonstration.
 *
 * <p>Exit codes: 0 success, 1 the run failed or the compared sets differ, 2 the arguments cannot be
 * obeyed.
 */
public final class Dhara {

  private final Console console;
  private final @Nullable String engine;
  private final JobFactory jobs;
  private final LineWriter lines;
  private final Map<String, String> variables;

  /**
   * @param console where it prints
   * @param engine the engine to run on; null if the class path has only one
   * @param jobs builds the pipeline around an analysis
   * @param lines writes events that are generated, or replayed from other formats
   */
  public Dhara(Console console, @Nullable String engine, JobFactory jobs, LineWriter lines) {
    this.console = console;
    this.engine = engine;
    this.jobs = jobs;
    this.lines = lines;
    this.variables = Map.of();
  }

  private Dhara(Dhara like, Map<String, String> variables) {
    this.console = like.console;
    this.engine = like.engine;
    this.jobs = like.jobs;
    this.lines = like.lines;
    this.variables = variables;
  }

  /** The same with environment variables, some of which set options. */
  public Dhara in(Map<String, String> newVariables) {
    return new Dhara(this, Map.copyOf(newVariables));
  }

  /** Runs the command, and ends the process with its exit code. */
  public static void main(String... arguments) {
    Logs.configure(Arrays.asList(arguments).contains("--verbose"));
    // Output is UTF-8 whatever the locale, because JSON is, and because a container often has no
    // locale.
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    Console console = Console.ofProcess();
    // Log lines of engines may contain data of events.
    System.setErr(Printable.stream(console.err()));
    int exit = on(console).in(System.getenv()).run(arguments);
    System.exit(exit);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13),
        true,
        StandardCharsets.UTF_8);
  }

  /** The command with every analysis and engine of the class path. */
  public static Dhara on(Console console) {
    return Wiring.dhara(console, null);
  }

  /** The same on one of several engines of a class path. */
  public static Dhara on(Console console, String engine) {
    return Wiring.dhara(console, engine);
  }

  /** Runs the command and prints everything, failures included. */
  public int run(String... arguments) {
    boolean verbose = Arrays.asList(arguments).contains("--verbose");
    try {
      Environment environment = new Environment(console, engine, jobs, Analysis.all(), variables);
      return Verbs.of(environment, lines).run(List.of(arguments));
    } catch (BadOption e) {
      return told(e, e.getMessage(), verbose, ExitCode.MISUSED);
    } catch (Exception e) {
      return told(e, Failure.line(e), verbose, ExitCode.FAILED);
    }
  }

  private int told(Exception e, String line, boolean verbose, int exit) {
    PrintStream err = console.err();
    err.println(Launcher.NAME + ": " + Printable.lines(line));
    if (verbose) {
      e.printStackTrace(Printable.stream(err));
    } else if (exit == ExitCode.FAILED) {
      err.println("Run it with --verbose for the stack trace.");
    }
    return exit;
  }
}
