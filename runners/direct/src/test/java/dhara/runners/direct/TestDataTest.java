package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.testkit.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code test-data/} is what the generators write and what the oracles say of it: of each analysis
 * a folder named as its input, or as itself if it has several, with their events as JSON lines (out
 * of order, with copies and garbage), as compressed CSV (clean), and the expected answers of each
 * output. {@code -Ddhara.testData.write=true} writes it anew.
 */
class TestDataTest {

  private static final long SEED = 7;
  private static final String LINES = ".jsonl";
  private static final String ROWS = ".csv.gz";
  private static final Path TEST_DATA = Path.of("../../test-data");

  static List<String> analyses() {
    return TestData.analyses();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void theFilesAreWhatTheGeneratorWritesAndTheAnswersWhatTheOracleSays(
      String name, @TempDir Path temporary) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    Path fresh = Files.createDirectories(temporary.resolve(name));
    write(analysis, fresh);
    Path kept = TEST_DATA.resolve(analysis.name());
    if (Boolean.getBoolean("dhara.testData.write")) {
      Files.createDirectories(kept);
      for (Path file : files(fresh)) {
        Files.write(kept.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }

    assertThat(names(kept), is(names(fresh)));
    for (Path file : files(fresh)) {
      assertThat(
          file.getFileName().toString(), text(kept.resolve(file.getFileName())), is(text(file)));
    }
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void everyFormatGivesTheExpectedAnswers(String name, @TempDir Path temporary) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    Path kept = TEST_DATA.resolve(analysis.name());
    for (String suffix : List.of(LINES, ROWS)) {
      Path out = temporary.resolve("out" + suffix);
      List<String> run = new ArrayList<>(List.of(name, "--effects=true", "--answers=files:" + out));
      run.addAll(TestData.read(analysis, TEST_DATA, suffix));
      Command.done(run);
      for (Output<?, ?> output : analysis.outputs()) {
        List<String> expected =
            Files.readAllLines(kept.resolve("expected-" + output.name() + LINES));
        assertThat(suffix, SettledAnswers.in(out.resolve(output.name())), is(expected));
      }
    }
  }

  private static void write(Analysis<?> analysis, Path folder) throws IOException {
    long events = Oracle.of(analysis.name()).testEvents();
    List<String> generate =
        new ArrayList<>(
            List.of(
                "generate",
                analysis.name(),
                "--seed=" + SEED,
                "--count=" + events,
                "--disorder=PT10S",
                "--duplicates=0.02",
                "--garbage=0.01"));
    for (Input<?> input : analysis.inputs()) {
      generate.add("--out=" + input.name() + "=" + folder.resolve(input.name() + LINES));
    }
    Command.done(generate);
    Inputs inputs = Inputs.of(analysis, SEED, events);
    for (Input<?> input : analysis.inputs()) {
      rows(input, inputs, folder.resolve(input.name() + ROWS));
    }
    for (var output : Oracle.settled(analysis, inputs, List.of()).entrySet()) {
      Files.write(folder.resolve("expected-" + output.getKey() + LINES), output.getValue());
    }
  }

  private static <R extends Record & Event> void rows(Input<R> input, Inputs inputs, Path file)
      throws IOException {
    RecordFields<R> fields = RecordFields.of(input.type());
    StringBuilder csv = new StringBuilder();
    fields.writeHeader(',', csv);
    csv.append('\n');
    for (R event : inputs.of(input.name(), input.type())) {
      fields.writeCsv(event, ',', csv);
      csv.append('\n');
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(csv.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    return files(folder).stream().map(file -> file.getFileName().toString()).toList();
  }

  /** As ISO 8859-1, which keeps every byte: some lines are no UTF-8. */
  private static String text(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
