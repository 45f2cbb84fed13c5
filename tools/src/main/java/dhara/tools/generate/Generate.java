package dhara.tools.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.cli.Checked;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.terminal.Console;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * The verb that writes an analysis' events to a file, with planted faults and the truth of them.
 */
final class Generate {

  private final LineWriter writer;

  Generate(LineWriter writer) {
    this.writer = writer;
  }

  /**
   * Writes the events of one input.
   *
   * @throws BadOption where the options contradict each other or the file cannot be written
   */
  void run(Analysis<?> analysis, GenerateOptions options, Console console) throws IOException {
    Input<?> input = Checked.input(analysis, options.getInput());
    if (options.getCount() < 0) {
      throw new BadOption("--count", options.getCount(), "is below zero, e.g. --count=1000");
    }
    Checked.share("--duplicates", options.getDuplicates());
    Checked.share("--garbage", options.getGarbage());
    if (options.getOut().equals("-")) {
      Faults.Truth truth = plant(input, options, console.out());
      console.out().flush();
      console.err().println(said(truth));
      return;
    }
    Path file = Checked.file("--out", options.getOut());
    Faults.Truth truth = write(file, analysis, input, options);
    console.err().println(file + ": " + said(truth));
  }

  private static String said(Faults.Truth truth) {
    return "%,d events, %,d duplicates, %,d dead letters"
        .formatted(
            truth.events(),
            truth.duplicates(),
            truth.lines() - truth.events() - truth.duplicates());
  }

  private <T extends Record & Event> Faults.Truth plant(
      Input<T> input, GenerateOptions options, OutputStream out) throws IOException {
    return new Faults(
            options.getSeed(), options.getDisorder(), options.getDuplicates(), options.getGarbage())
        .plant(
            input.generator().events(options.getSeed(), options.getCount()),
            writer,
            line -> {
              out.write(line);
              out.write('\n');
            });
  }

  /**
   * Under temporary names first: whoever finds the file finds it whole, and the truth beside it.
   */
  private Faults.Truth write(
      Path file, Analysis<?> analysis, Input<?> input, GenerateOptions options) throws IOException {
    String mine = "." + file.getFileName() + "." + ProcessHandle.current().pid();
    Path lines = file.resolveSibling(mine + ".tmp");
    Path truths = file.resolveSibling(mine + ".truth.tmp");
    try {
      Faults.Truth truth;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(lines), 1 << 16)) {
        truth = plant(input, options, out);
      }
      write(truths, truth, analysis, input, options);
      Path beside = file.resolveSibling(file.getFileName() + ".truth.json");
      Files.move(truths, beside, StandardCopyOption.ATOMIC_MOVE);
      Files.move(lines, file, StandardCopyOption.ATOMIC_MOVE);
      return truth;
    } finally {
      Files.deleteIfExists(lines);
      Files.deleteIfExists(truths);
    }
  }

  private static void write(
      Path file, Faults.Truth truth, Analysis<?> analysis, Input<?> input, GenerateOptions options)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(file))) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("analysis", analysis.name());
      json.writeStringField("input", input.name());
      json.writeNumberField("seed", options.getSeed());
      json.writeStringField("disorder", options.getDisorder().toString());
      json.writeNumberField("lines", truth.lines());
      json.writeNumberField("events", truth.events());
      json.writeNumberField("duplicates", truth.duplicates());
      json.writeObjectFieldStart("deadLetters");
      for (Map.Entry<Reason, Long> dead : truth.deadLetters().entrySet()) {
        json.writeNumberField(dead.getKey().name(), dead.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }
}
