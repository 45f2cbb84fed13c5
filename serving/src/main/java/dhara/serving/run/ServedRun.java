package dhara.serving.run;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Failure;
import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.run.AnalysisVerb;
import dhara.tools.run.RunHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An analysis that the server runs in a thread of its process, and whose rows go straight into the
 * store. A run that fails says so, and the server goes on with what it has.
 */
public final class ServedRun implements AutoCloseable {

  private static final List<String> RESUMING = List.of("--resume=", "--savepointPath=");
  private static final String AUTO = "auto";

  private final Environment environment;
  private final Analysis<?> analysis;
  private final String text;
  private volatile List<String> words;
  private final Inlets inlets;
  private final Consumer<String> said;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Runnable stop;
  private volatile @Nullable BadOption refused;
  private volatile @Nullable String resuming;
  private volatile boolean closing;

  private ServedRun(
      Environment environment,
      Analysis<?> analysis,
      String text,
      List<String> words,
      Consumer<String> said) {
    this.environment = environment;
    this.analysis = analysis;
    this.text = text;
    this.words = words;
    this.said = said;
    this.inlets = Inlets.open(analysis.name());
    this.thread = new Thread(this::run, "dhara-run-" + inlets.run());
    thread.setDaemon(true);
  }

  /**
   * Prepares a run.
   *
   * @param environment of the command; the run prints lines there, and draws nothing
   * @param text the analysis and its options, without where its answers go
   * @param said takes lines for the user
   * @throws BadOption if it names no analysis
   */
  public static ServedRun of(Environment environment, String text, Consumer<String> said) {
    List<String> words = RunWords.of(text);
    Console console = environment.console();
    return new ServedRun(
        new Environment(
            Console.piped(console.out(), console.err()),
            environment.engineName(),
            environment.jobs(),
            environment.analyses(),
            environment.variables()),
        environment.analysis(words.get(0)),
        text,
        words,
        said);
  }

  /** What runs. */
  public Analysis<?> analysis() {
    return analysis;
  }

  /** Where its rows are while it runs. */
  public Endpoint endpoint() {
    return Endpoint.of(RunWords.OPTION, InletConnector.SCHEME + "://" + inlets.run());
  }

  /**
   * The option that resumes an earlier run, whose rows must be in the store; empty if none does.
   */
  public Optional<String> resumes() {
    return words.stream().filter(word -> RESUMING.stream().anyMatch(word::startsWith)).findFirst();
  }

  /** Whether it resumes only what is there, so that it may also be its first start. */
  public boolean mayBegin() {
    return resumes().filter(word -> !word.endsWith("=" + AUTO)).isEmpty();
  }

  /** Begins anew, without what it would resume if it were there. */
  public void startsOver() {
    words = words.stream().filter(word -> RESUMING.stream().noneMatch(word::startsWith)).toList();
  }

  /** The analysis and its options, as the user wrote them. */
  public String text() {
    return text;
  }

  /** The option that resumes it, once it was stopped with a savepoint or a checkpoint. */
  public Optional<String> resuming() {
    return Optional.ofNullable(resuming);
  }

  /** Begins to run. */
  public void start() {
    thread.start();
  }

  /** Why it cannot run as the user wants it; null if that is not known, or it can. */
  public @Nullable BadOption refused() {
    return refused;
  }

  private void run() {
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    arguments.add("--answers=" + endpoint().uri());
    String failure = null;
    try {
      int exit = AnalysisVerb.of(environment, analysis).run(arguments, new Host());
      if (exit != ExitCode.DONE && stop == null) {
        refused = new BadOption(RunWords.OPTION, RunWords.option(words), "cannot run here");
      } else if (exit != ExitCode.DONE) {
        failure = "it ended with exit code " + exit;
      } else if (!closing) {
        said.accept(analysis.name() + " is at its end, and is served until the server stops");
      }
    } catch (BadOption e) {
      failure = e.getMessage();
      refused = stop == null ? e : null;
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
      failure = Failure.line(e);
      refused =
          stop == null
              ? Failure.badOption(e)
                  .orElseGet(
                      () ->
                          new BadOption(
                              RunWords.OPTION,
                              RunWords.option(words),
                              "cannot begin: " + Failure.line(e),
                              e))
              : null;
    } finally {
      inlets.ended(failure);
      begun.countDown();
    }
  }

  /** Stops it as Ctrl-C does, and waits for its end. */
  private final class Host implements RunHost {

    @Override
    public void began(Runnable stopping) {
      stop = stopping;
      begun.countDown();
    }

    @Override
    public String again(List<String> resumed) {
      List<String> served =
          resumed.stream().filter(word -> !word.startsWith("--answers=")).toList();
      resuming = RunWords.option(served);
      return ""; // the server shows one command for all of its runs
    }
  }

  /** Stops the run as Ctrl-C does, and returns when it is over; its rows are committed then. */
  public void stop() throws InterruptedException {
    closing = true;
    if (thread.isAlive()) {
      begun.await();
      Runnable stopping = stop;
      if (stopping != null) {
        stopping.run();
      }
      // A run that does not end by then has said so, and its thread does not hold the process.
      thread.join(Duration.ofSeconds(5).toMillis());
    }
  }

  /** Releases what it keeps; rows that are not committed fail its bundles, if it runs still. */
  @Override
  public void close() throws IOException {
    inlets.close();
  }
}
