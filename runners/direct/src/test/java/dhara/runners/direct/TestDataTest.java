package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.formats.RecordFields;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.testkit.Command;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code test-data/} is what the generators write and what the oracles say of it: of each analysis
 * a folder named as its input, with its events as JSON lines (out of order, with copies and
 * garbage), as compressed CSV (clean), and the expected answers of each output. {@code
 * -Ddhara.testData.write=true} writes it anew.
 */
class TestDataTest {

  private static final long SEED = 7;
  private static final long EVENTS = 3_000;
  private static final Path TEST_DATA = Path.of("../../test-data");

  static Stream<String> analyses() {
    return Analysis.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("analyses")
  void theFilesAreWhatTheGeneratorWritesAndTheAnswersWhatTheOracleSays(
      String name, @TempDir Path temporary) throws IOException {
    Analysis<?> analysis = Analysis.all().get(name);
    Input<?> input = analysis.inputs().get(0);
    Path fresh = Files.createDirectories(temporary.resolve(input.name()));
    write(analysis, input, fresh);
    Path kept = TEST_DATA.resolve(input.name());
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
    String input = analysis.inputs().get(0).name();
    for (String file : List.of(input + ".jsonl", input + ".csv.gz")) {
      Path out = temporary.resolve(file);
      Command.done(
          List.of(
              name,
              "--events=" + TEST_DATA.resolve(input).resolve(file),
              "--answers=files:" + out));
      for (Output<?, ?> output : analysis.outputs()) {
        List<String> expected =
            Files.readAllLines(
                TEST_DATA.resolve(input).resolve("expected-" + output.name() + ".jsonl"));
        assertThat(file, SettledAnswers.in(out.resolve(output.name())), is(expected));
      }
    }
  }

  private static <R extends Record> void write(Analysis<?> analysis, Input<?> input, Path folder)
      throws IOException {
    Command.done(
        List.of(
            "generate",
            analysis.name(),
            "--seed=" + SEED,
            "--count=" + EVENTS,
            "--disorder=PT10S",
            "--duplicates=0.02",
            "--garbage=0.01",
            "--out=" + folder.resolve(input.name() + ".jsonl")));
    List<? extends Record> events = input.generator().events(SEED, EVENTS).toList();
    @SuppressWarnings("unchecked") // the generator makes events of the input's type
    Class<R> type = (Class<R>) input.type();
    RecordFields<R> fields = RecordFields.of(type);
    StringBuilder csv = new StringBuilder();
    fields.writeHeader(',', csv);
    csv.append('\n');
    for (Record event : events) {
      fields.writeCsv(type.cast(event), ',', csv);
      csv.append('\n');
    }
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve(input.name() + ".csv.gz")))) {
      out.write(csv.toString().getBytes(StandardCharsets.UTF_8));
    }
    for (var output : Oracle.of(analysis.name()).answers(events).entrySet()) {
      Files.write(
          folder.resolve("expected-" + output.getKey() + ".jsonl"),
          SettledAnswers.of(output.getValue()));
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
