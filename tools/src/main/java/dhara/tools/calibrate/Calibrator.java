package dhara.tools.calibrate;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.TypedOption;
import dhara.engine.EngineSettings;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.scratch.Scratch;
import dhara.tools.generate.LineWriter;
import dhara.tools.run.PipelineCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Measures an analysis with a sample of the user's events: copies them to a temporary folder and
 * runs backfills over them in this process, with the options of the user.
 *
 * <p>The first two runs also warm the JVM up, and count what is grouped; the others are {@link
 * TimedPairs}.
 */
public final class Calibrator {

  private static final String EVENTS = "events";

  private final Environment environment;
  private final LineWriter writer;

  public Calibrator(Environment environment, LineWriter writer) {
    this.environment = environment;
    this.writer = writer;
  }

  /**
   * Measures.
   *
   * @param known the arguments of the verb, with those of the analysis
   * @param given what the user gave, with {@code --events}
   * @param verb the verb's own options
   * @param most how many events to measure with
   * @throws BadOption if there are no such events, or the engine runs elsewhere
   * @throws Exception if a run fails
   */
  public <O extends DharaOptions> Calibration measure(
      Analysis<O> analysis,
      Arguments known,
      Arguments.Given given,
      Class<? extends PipelineOptions> verb,
      long most)
      throws Exception {
    Set<String> ofVerb =
        TypedOption.of(verb).stream().map(TypedOption::name).collect(Collectors.toSet());
    Map<String, List<String>> own = new LinkedHashMap<>(given.values());
    own.keySet().removeAll(ofVerb);
    refuseElsewhere(known, given);
    Path folder = Scratch.ofProcess().folder("sample");
    try {
      DharaOptions options = known.build(analysis.options(), given, List.of());
      say(String.format(Locale.ROOT, "reading a sample of at most %,d events", most));
      EventSample sample =
          new SampleReader(
                  analysis, options, writer, most, Files.createDirectories(folder.resolve(EVENTS)))
              .read();
      say(
          String.format(
              Locale.ROOT,
              "measuring with %,d events, in four backfills or more in this process",
              sample.events()));
      long began = System.nanoTime();
      Trials<O> trials = new Trials<>(environment, analysis, own, folder);
      say("backfill 1: every fourth event, to see what is grouped");
      TrialRun thinned = trials.run(sample.thinned(), true);
      say("backfill 2" + after(began) + ": all events, to see the same");
      TrialRun watched = trials.run(sample.whole(), true);
      TimedPairs timed = TimedPairs.NONE;
      do {
        int run = 3 + 2 * timed.rounds();
        say(
            "backfills %d and %d%s: the first quarter and all events, timed"
                .formatted(run, run + 1, after(began)));
        TrialRun first = trials.run(sample.first(), false);
        timed = timed.with(first, trials.run(sample.whole(), false));
      } while (timed.worthRepeating());
      say("measured" + after(began));
      return Calibration.of(sample, thinned, watched, timed);
    } finally {
      Scratch.ofProcess().delete(folder);
    }
  }

  private void say(String line) {
    environment.console().err().println(Launcher.NAME + ": " + line);
  }

  private static String after(long began) {
    return String.format(Locale.ROOT, ", after %.1f s", (System.nanoTime() - began) / 1e9);
  }

  /** A job on a cluster or in a cloud takes none of this process' time. */
  private void refuseElsewhere(Arguments known, Arguments.Given given) {
    EngineSettings settings = new PipelineCommand(environment, known, given).settings();
    PipelineOptions options = known.build(DharaOptions.class, given, known.beam(given));
    if (!settings.engine().embedded(options)) {
      throw new BadOption(
          "--events",
          null,
          "is measured in this process, and "
              + settings.engine().name()
              + " would run elsewhere; measure on the direct runner: "
              + Launcher.command("direct", "help plan"));
    }
  }
}
