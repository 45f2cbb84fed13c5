package dhara.serving;

import com.google.auto.service.AutoService;
import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Failure;
import dhara.cli.Verb;
import dhara.cli.VerbFactory;
import dhara.connectors.Endpoint;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.pipelines.Analysis;
import dhara.scratch.Scratch;
import dhara.serving.run.ServedRun;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.io.FileSystems;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the answers of analyses: brings them from where they are written into a store, keeps up
 * with them, and answers queries about them, until it is stopped.
 */
public final class ServeVerb implements Verb {

  private static final Logger LOG = LoggerFactory.getLogger(ServeVerb.class);

  private static final String NAME = "serve";
  private static final String PLACES = "ANALYSIS=URI...";
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Environment environment;

  private ServeVerb(Environment environment) {
    this.environment = environment;
  }

  /** Brings the verb to the command. */
  @AutoService(VerbFactory.class)
  public static final class Factory implements VerbFactory {
    @Override
    public Verb verb(Environment environment) {
      return new ServeVerb(environment);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String synopsis() {
    return NAME + " " + PLACES;
  }

  @Override
  public String summary() {
    return "answers as views: a page, an API, SQL";
  }

  @Override
  public Arguments known() {
    return Arguments.ofVerb(NAME, PLACES, ServeOptions.class);
  }

  @Override
  public void help(boolean all) {
    environment
        .console()
        .out()
        .print(
            known()
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Serves the answers of analyses while they change: a page in the browser, an"
                            + " HTTP API, SQL, and pushed changes. ANALYSIS=URI,URI… serves all"
                            + " outputs of an analysis from where --answers=URI wrote them; --view"
                            + " serves one from any places; --run runs an analysis in this process"
                            + " and serves it.",
                        Launcher.command("serve order-metrics=files:target/answers"),
                        Launcher.command(
                            "serve --run='order-metrics --events=kafka://localhost:9092/orders'"),
                        Launcher.command(
                            "serve order-metrics=files:/data/history,kafka://localhost:9092/metrics"
                                + " --data=/var/lib/dhara --keep=P7D")),
                    environment.console()));
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    Arguments known = known();
    Arguments.Given given = known.parse(arguments, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    ServeOptions options = known.build(ServeOptions.class, given, List.of());
    try {
      Bounds.check(options, ServeOptions.class);
      return serve(given, options);
    } catch (BadOption e) {
      throw given.placed(e);
    }
  }

  private int serve(Arguments.Given given, ServeOptions options) throws Exception {
    List<Places> analyses = given.places().stream().map(text -> Places.of(NAME, text)).toList();
    List<Places> views =
        texts(options.getView()).stream().map(text -> Places.of("--view", text)).toList();
    if (analyses.isEmpty() && views.isEmpty() && texts(options.getRun()).isEmpty()) {
      throw new BadOption(
          NAME,
          null,
          "names nothing to serve; write "
              + Launcher.command("serve order-metrics=files:DIR")
              + ", --view=NAME=URI or --run='ANALYSIS --events=URI'");
    }
    // Else only local files could be read.
    FileSystems.setDefaultPipelineOptions(options);
    try (Loading loading = new Loading(environment.console());
        Serving serving = Serving.open(options, loading::say);
        ServedRuns runs = new ServedRuns()) {
      for (String text : texts(options.getRun())) {
        runs.add(ServedRun.of(environment, text, loading::say), options, serving);
      }
      for (Places each : analyses) {
        Analysis<?> analysis = environment.analysis(each.name());
        for (Endpoint endpoint : each.endpoints()) {
          serving.add(analysis, endpoint);
        }
      }
      for (Places each : views) {
        for (Endpoint endpoint : each.endpoints()) {
          serving.add(each.name(), environment.analyses().values(), endpoint);
        }
      }
      // Without a folder the rows that the streams have answered are gone.
      return untilStopped(
          serving,
          runs,
          loading,
          options.getData() == null
              ? resuming -> {}
              : resuming -> loading.say("to resume: " + again(given, resuming)));
    }
  }

  private static List<String> texts(@Nullable List<String> given) {
    return given == null ? List.of() : given;
  }

  /** The command that starts the server again with its runs resumed. */
  private static String again(Arguments.Given given, Map<String, String> resuming) {
    List<String> words = new ArrayList<>(List.of(NAME));
    words.addAll(given.places());
    given
        .values()
        .forEach(
            (name, values) ->
                values.forEach(
                    value ->
                        words.add(
                            name.equals("run")
                                ? resuming.getOrDefault(value, "--run='" + value + "'")
                                : "--" + name + "=" + value)));
    return Launcher.command(String.join(" ", words));
  }

  private int untilStopped(
      Serving serving, ServedRuns runs, Loading loading, Consumer<Map<String, String>> resuming)
      throws Exception {
    Thread stop = new Thread(() -> stopped(serving, runs, resuming), "dhara-stop");
    serving.start();
    Runtime.getRuntime().addShutdownHook(stop);
    environment.console().out().println("Serving at " + serving.address());
    environment.console().out().flush();
    loading.begin(serving::rows);
    try {
      runs.start();
      Throwable failure = null;
      while (failure == null) {
        failure = serving.awaitFailure(LOOK);
        runs.check();
        if (serving.foundIsLoaded()) {
          loading.loaded();
        }
      }
      // Streams wait for a store that takes nothing any more, so they could not stop by themselves.
      serving.close();
      stop(runs, resuming);
      throw new IllegalStateException(
          "the server stops, and goes on where it was when it starts again: "
              + Failure.line(failure),
          failure);
    } catch (InterruptedException e) {
      stop(runs, resuming);
      return ExitCode.DONE; // somebody who runs it in a thread stops it
    } catch (BadOption e) {
      stop(runs, resuming);
      throw e;
    } finally {
      unhook(stop);
    }
  }

  /** First the streams, whose last rows must be committed, and then the server. */
  private void stopped(Serving serving, ServedRuns runs, Consumer<Map<String, String>> resuming) {
    try {
      stop(runs, resuming);
      serving.close();
      runs.close();
      Scratch.ofProcess().clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | SQLException e) {
      environment
          .console()
          .err()
          .println(Launcher.NAME + ": did not stop cleanly: " + e.getMessage());
    }
  }

  private static void stop(ServedRuns runs, Consumer<Map<String, String>> resuming)
      throws InterruptedException {
    runs.stop();
    if (!runs.resuming().isEmpty()) {
      resuming.accept(runs.resuming());
    }
  }

  private static void unhook(Thread stop) {
    if (!stop.isAlive()) {
      try {
        boolean unused = Runtime.getRuntime().removeShutdownHook(stop);
      } catch (IllegalStateException e) {
        LOG.debug("the process ends, and the hook with it", e);
      }
    }
  }
}
