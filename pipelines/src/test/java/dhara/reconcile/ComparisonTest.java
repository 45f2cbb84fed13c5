package dhara.reconcile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.assembly.Sink;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RunFolder;
import dhara.pipelines.Output;
import dhara.reconcile.Comparison.Asked;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of a pipeline, and the same answers as sinks have written them. */
class ComparisonTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  enum Net {
    DRIFT,
    CAST
  }

  record Lake(String lakeName, @Nullable Integer depth, double share, Net net) {}

  record Catch(String fish, double kilos) {}

  record Haul(
      long total,
      double mean,
      float rate,
      @Nullable String note,
      Instant lastAt,
      LocalDate day,
      Optional<Long> most,
      boolean open,
      List<Catch> catches) {}

  private static final Output<Lake, Haul> HAULS = new Output<>("hauls", Lake.class, Haul.class);

  @TempDir private Path folder;

  private static Answer<Lake, Haul> answer(int i, int revision, long total) {
    return new Answer<>(
        new Lake("Loktāk " + i, i % 3 == 0 ? null : i, i / 7.0 * Math.pow(10, i % 30), Net.CAST),
        NINE.plusSeconds(60L * i),
        NINE.plusSeconds(60L * i + 60),
        revision,
        new Haul(
            total,
            i == 5 ? Double.NaN : 1.0 / (1 + i) * Math.pow(10, -i % 20),
            i / 3f,
            i % 2 == 0 ? null : "rain, \"heavy\"\n" + i,
            NINE.plusNanos(i * 1_000L),
            LocalDate.of(2026, 1, 5),
            i % 4 == 0 ? Optional.empty() : Optional.of((long) i),
            i % 2 == 0,
            List.of(new Catch("trout", i * 1e-9), new Catch("", i))));
  }

  private static List<Answer<Lake, Haul>> answers(long total) {
    List<Answer<Lake, Haul>> answers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      answers.add(answer(i, 0, total));
    }
    return answers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "csv", "avro"})
  void whatASinkWroteIsWhatThePipelineAnswers(String format) throws IOException {
    write(format, answers(5));

    assertThat(compared(answers(5)), is("compared 60, unexplained 0"));
    assertThat(compared(answers(6)), is("compared 60, unexplained 60"));
    assertThat(compared(answers(5).subList(1, 60)), is("compared 60, unexplained 1"));
  }

  @Test
  void aRevisionOfThePipelineReplacesItsAnswer() throws IOException {
    write("jsonl", answers(5));
    List<Answer<Lake, Haul>> revised = new ArrayList<>(answers(5));
    revised.set(7, answer(7, 0, 4));
    revised.add(0, answer(7, 1, 5));

    assertThat(compared(revised), is("compared 60, unexplained 0"));
  }

  private void write(String format, List<Answer<Lake, Haul>> answers) throws IOException {
    Pipeline pipeline = Pipeline.create();
    Endpoint endpoint = Endpoint.of("--answers", "files:" + folder + "/old?format=" + format);
    try (RunFolder temporary = RunFolder.create()) {
      create(pipeline, answers)
          .apply(
              Sink.answers(
                      endpoint,
                      HAULS,
                      true,
                      null,
                      new Connector.Run(true, temporary, pipeline.getOptions()))
                  .write());
      pipeline.run().waitUntilFinish();
    }
  }

  private static PCollection<Answer<Lake, Haul>> create(
      Pipeline pipeline, List<Answer<Lake, Haul>> answers) {
    return pipeline.apply(
        "Answers",
        Create.of(answers)
            .withCoder(AnswerCoder.of(RecordCoder.of(Lake.class), RecordCoder.of(Haul.class))));
  }

  private String compared(List<Answer<Lake, Haul>> answers) throws IOException {
    Pipeline pipeline = Pipeline.create();
    Comparison with =
        Comparison.with(Endpoint.of("--compareTo", "files:" + folder + "/old"), Asked.everything());
    Path file = Files.createTempFile(folder, "findings", "");
    with.findings(PCollectionList.of(with.rows(HAULS, create(pipeline, answers))))
        .apply(Report.keptIn(file.toString()));
    pipeline.run().waitUntilFinish();
    Report report =
        new Report("", "", List.of(), with.lacking(), Report.parse(Files.readAllLines(file)));
    return "compared " + report.compared() + ", unexplained " + report.unexplained();
  }
}
