package dhara.tools.run;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.engine.EngineSettings;
import dhara.engine.Job;
import dhara.engine.Launcher;
import dhara.lint.GraphFinding;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.terminal.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A command that runs a pipeline on the engine of its environment.
 *
 * @param known the options that it takes
 * @param given those that the user gave
 */
public record PipelineCommand(Environment environment, Arguments known, Arguments.Given given) {

  private static final String EVENTS = "events";

  /** The settings of the engine. */
  public EngineSettings settings() {
    return EngineSettings.of(
        environment.engine(), given.values(), known.beam(given), known.provisional(given));
  }

  /**
   * The options of the pipeline.
   *
   * @param name its job name, unless the user gives one
   * @param byDhara options of the engine that Dhara sets, as Beam's arguments
   */
  public <O extends PipelineOptions> O options(Class<O> type, String name, List<String> byDhara) {
    List<String> all = new ArrayList<>(known.beam(given));
    all.addAll(byDhara);
    O options = known.build(type, given, all);
    if (!given.values().containsKey("appName")) {
      options.as(ApplicationNameOptions.class).setAppName(name);
    }
    return options;
  }

  /**
   * Runs the pipeline to its end, or only explains what would run.
   *
   * @return the exit code
   * @throws Exception the failure, as the engine wrapped it
   */
  public int run(Prepared.Maker maker) throws Exception {
    return run(maker, null);
  }

  /**
   * The same within another program.
   *
   * @param host stops the run; null if Ctrl-C does
   */
  int run(Prepared.Maker maker, @Nullable RunHost host) throws Exception {
    EngineSettings settings = settings();
    if (given.explain()) {
      explain(maker, settings);
      return ExitCode.DONE;
    }
    Prepared prepared = Prepared.toRun(maker, settings);
    if (refused(prepared.findings())) {
      prepared.job().close();
      return ExitCode.MISUSED;
    }
    try (Job running = prepared.job()) {
      boolean wait = waits(running) && !given.values().containsKey("templateLocation");
      try (StreamScreen screen =
          StreamScreen.of(known.command(), environment.console(), running.bounded())) {
        EngineRun attended =
            settings
                .engine()
                .prepare(
                    new Engine.Launch(
                        known.command(),
                        running.pipeline(),
                        running.bounded(),
                        running.bytes(),
                        screen.console()));
        try (Run run = new Run(running, attended, screen, resume -> again(resume, host), host)) {
          screen.show(run::vitals);
          run.toTheEnd(wait);
        }
      }
      if (!running.pipeline().getOptions().as(DharaOptions.class).getWait()) {
        environment
            .console()
            .err()
            .println(
                running.pipeline().getOptions().getJobName()
                    + ": the cluster runs it now; stop it there");
      }
      return wait ? running.exit() : ExitCode.DONE;
    }
  }

  /**
   * Prints what would be read, created and written, if a source is named, and the settings of the
   * engine.
   */
  private void explain(Prepared.Maker maker, EngineSettings settings) throws Exception {
    PrintStream out = Printable.stream(environment.console().out());
    if (given.values().containsKey(EVENTS)) {
      try (Job job = maker.job(settings.arguments(false))) {
        out.println(job.bounded() ? "A backfill" : "A stream");
        job.plan().forEach(out::println);
      }
    }
    given.from().forEach((option, place) -> out.println("--" + option + " is from " + place));
    settings.explain().forEach(out::println);
  }

  /** The command that resumes a run that was stopped. */
  private String again(EngineRun.Resume resume, @Nullable RunHost host) {
    List<String> words = new ArrayList<>(List.of(known.command()));
    given
        .values()
        .forEach(
            (name, values) -> {
              if (!resume.insteadOf().contains(name)) {
                values.forEach(value -> words.add("--" + name + "=" + value));
              }
            });
    words.add(resume.option());
    if (host != null) {
      return host.again(words);
    }
    return Launcher.command(environment.engine().name(), String.join(" ", words));
  }

  private boolean waits(Job job) {
    PipelineOptions options = job.pipeline().getOptions();
    boolean wait = options.as(DharaOptions.class).getWait();
    if (!wait && job.bounded()) {
      throw new BadOption(
          "--wait",
          wait,
          "is for streams: a backfill prints at its end whether its ledger balances");
    } else if (!wait && environment.engine().embedded(options)) {
      throw new BadOption(
          "--wait", wait, "leaves a stream to its cluster, and this one runs inside the command");
    }
    return wait;
  }

  /** Prints a line for each finding, and returns whether one of them refuses the pipeline. */
  public boolean refused(List<GraphFinding> findings) {
    findings.forEach(
        finding -> environment.console().err().println(Launcher.NAME + ": " + finding));
    return GraphFinding.refuses(findings);
  }
}
