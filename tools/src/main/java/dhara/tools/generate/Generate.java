package dhara.tools.generate;

import dhara.cli.Checked;
import dhara.cli.PerInput;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Scenario;
import dhara.pipelines.Scenario.Given;
import dhara.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Writes the events of an analysis' scenario, a file for each input, with planted faults and a
 * truth file. All inputs come from one pass, so that they belong together.
 */
final class Generate {

  private static final String STDOUT = "-";
  private static final String LINES = ".jsonl";

  private final LineWriter writer;

  Generate(LineWriter writer) {
    this.writer = writer;
  }

  /**
   * Writes the events of all inputs, or of the named ones.
   *
   * @throws BadOption if the options contradict each other or a file cannot be written
   */
  void run(Analysis<?> analysis, GenerateOptions options, Console console) throws IOException {
    PerInput out = PerInput.of("--out", options.getOut(), analysis.inputs());
    List<Input<?>> inputs = inputs(analysis, options, out);
    if (options.getCount() < 0) {
      throw new BadOption("--count", options.getCount(), "is below zero, e.g. --count=1000");
    }
    Faults faults =
        new Faults(
            options.getSeed(),
            options.getDisorder(),
            Checked.share("--duplicates", options.getDuplicates()),
            Checked.share("--garbage", options.getGarbage()));
    if (out.named().isEmpty() && (out.bare() == null || out.bare().equals(STDOUT))) {
      Input<?> input = only(inputs);
      Planting planting =
          EventsFile.planting(faults.of(analysis.inputs().indexOf(input)), writer, console.out());
      plant(analysis, options, Map.of(input.name(), planting));
      Planting.Truth truth = planting.end();
      console.out().flush();
      console.err().println(truth.said());
      return;
    }
    Map<Input<?>, Path> files = files(inputs, out);
    Map<String, EventsFile> open = new LinkedHashMap<>();
    try {
      for (Map.Entry<Input<?>, Path> file : files.entrySet()) {
        Input<?> input = file.getKey();
        Faults own = faults.of(analysis.inputs().indexOf(input));
        open.put(input.name(), EventsFile.open(file.getValue(), input, own, writer));
      }
      Map<String, Planting> plantings = new LinkedHashMap<>();
      open.forEach((name, file) -> plantings.put(name, file.planting()));
      plant(analysis, options, plantings);
      for (EventsFile file : open.values()) {
        console.err().println(file.finish(analysis, options));
      }
    } finally {
      for (EventsFile file : open.values()) {
        file.close();
      }
    }
  }

  private static List<Input<?>> inputs(
      Analysis<?> analysis, GenerateOptions options, PerInput out) {
    if (out.bare() != null && !out.named().isEmpty()) {
      throw new BadOption(
          "--out",
          out.bare(),
          "stands beside %s; name a file for each input, or only a folder"
              .formatted(said(out.named().entrySet().iterator().next())));
    }
    if (options.getInput() != null) {
      Input<?> input = Checked.input(analysis, options.getInput());
      for (Map.Entry<String, String> file : out.named().entrySet()) {
        if (!file.getKey().equals(input.name())) {
          throw new BadOption(
              "--out",
              said(file),
              "is of another input than --input=" + input.name() + "; leave one of them out");
        }
      }
      return List.of(input);
    }
    return out.named().isEmpty()
        ? analysis.inputs()
        : analysis.inputs().stream().filter(in -> out.named().containsKey(in.name())).toList();
  }

  private static String said(Map.Entry<String, String> named) {
    return named.getKey() + "=" + named.getValue();
  }

  private static Input<?> only(List<Input<?>> inputs) {
    if (inputs.size() > 1) {
      List<String> names = inputs.stream().map(Input::name).toList();
      throw new BadOption(
          "--out",
          STDOUT,
          "takes the events of one input, and there are %s; name a folder, e.g. --out=/tmp/events,"
                  .formatted(names)
              + " or one of them, e.g. --input="
              + names.get(0));
    }
    return inputs.get(0);
  }

  /**
   * The file of each input: the one given by name, or one in a folder that has the input's name.
   */
  private static Map<Input<?>, Path> files(List<Input<?>> inputs, PerInput out) throws IOException {
    Map<Input<?>, Path> files = new LinkedHashMap<>();
    for (Input<?> input : inputs) {
      String named = out.named().get(input.name());
      if (named != null) {
        files.put(input, Checked.file("--out", named));
      } else if (inputs.size() > 1 || Files.isDirectory(Path.of(out.bare()))) {
        Path folder = Files.createDirectories(Path.of(out.bare()).toAbsolutePath());
        files.put(input, folder.resolve(input.name() + LINES));
      } else {
        files.put(input, Checked.file("--out", out.bare()));
      }
    }
    return files;
  }

  private static Scenario scenario(Analysis<?> analysis, GenerateOptions options) {
    if (options.getScenario() == null) {
      return analysis.scenario();
    }
    Map<String, Scenario> others = analysis.declaration().otherScenarios();
    Scenario named = others.get(options.getScenario());
    if (named == null) {
      throw new BadOption(
          "--scenario",
          options.getScenario(),
          others.isEmpty()
              ? analysis.name() + " makes events of one kind only; leave it out"
              : "is none of " + new TreeSet<>(others.keySet()));
    }
    return named;
  }

  /** Passes each event of the scenario to the file of its input, if there is one. */
  private static void plant(
      Analysis<?> analysis, GenerateOptions options, Map<String, Planting> plantings)
      throws IOException {
    Iterator<Given<?>> events =
        scenario(analysis, options).events(options.getSeed(), options.getCount()).iterator();
    if (!events.hasNext() && options.getCount() > 0) {
      throw new BadOption(
          analysis.name(),
          null,
          "makes no events; give its declaration a scenario: .scenario(Scenario.of(…))");
    }
    while (events.hasNext()) {
      Given<?> given = events.next();
      if (!analysis.inputs().contains(given.input())) {
        throw new IllegalStateException(
            "the scenario of %s makes events of %s, which it does not read"
                .formatted(analysis.name(), given.input().name()));
      }
      Planting planting = plantings.get(given.input().name());
      if (planting != null) {
        planting.event(given.event(), given.planted());
      }
    }
  }
}
