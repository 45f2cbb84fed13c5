package dhara.connectors.postgres;

import dhara.assembly.Sink;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RunFolder;
import dhara.connectors.WrittenRow;
import dhara.events.DeadLetter;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Answers about tides, written and read as a run does. */
final class Tides {

  static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  record Harbour(String name) {}

  record Height(long millimetres, @Nullable String note) {}

  static final Output<Harbour, Height> HEIGHTS =
      new Output<>("heights", Harbour.class, Height.class);

  private static final Map<String, List<String>> READ = new ConcurrentHashMap<>();

  private Tides() {}

  static Answer<Harbour, Height> answer(String name, int minute, long revision, long millimetres) {
    Instant start = NINE.plusSeconds(60L * minute);
    return new Answer<>(
        new Harbour(name), start, start.plusSeconds(60), revision, new Height(millimetres, null));
  }

  static Answer<Harbour, Height> withdrawal(String name, int minute, long revision) {
    Instant start = NINE.plusSeconds(60L * minute);
    return Answer.withdrawn(new Harbour(name), start, start.plusSeconds(60), revision);
  }

  static Endpoint at(String uri) {
    return Endpoint.of("--answers", uri);
  }

  static <K extends Record, V extends Record> Sink<Answer<K, V>> sink(
      String uri, Output<K, V> output, RunFolder folder) {
    return Sink.answers(at(uri), output, true, null, new Connector.Run(true, folder, options()));
  }

  /** Writes answers, and the dead letters that replace some of them. */
  static <K extends Record, V extends Record> void write(
      String uri, Output<K, V> output, List<Answer<K, V>> answers) throws Exception {
    try (RunFolder folder = RunFolder.create()) {
      Sink<Answer<K, V>> sink = sink(uri, output, folder);
      Sink<DeadLetter> replaced =
          Sink.deadLetters(at(uri), true, new Connector.Run(true, folder, options()));
      sink.check();
      replaced.check();
      sink.create();
      replaced.create();
      Pipeline pipeline = Pipeline.create(options());
      POutput written =
          pipeline
              .apply(
                  Create.of(answers)
                      .withCoder(
                          AnswerCoder.of(
                              RecordCoder.of(output.key()), RecordCoder.of(output.value()))))
              .apply("Write", sink.write());
      POutput unused = Sink.replaced(written).orElseThrow().apply("Replaced", replaced.write());
      pipeline.run().waitUntilFinish();
    }
  }

  /** Reads the rows of an endpoint back, as JSON, withdrawals with a minus before them. */
  static List<String> read(String uri) {
    ResultSet store = ResultSet.of(at(uri));
    List<String> rows = Collections.synchronizedList(new ArrayList<>());
    READ.put(uri, rows);
    Pipeline pipeline = Pipeline.create(options());
    PCollection<String> read =
        store.read(
            pipeline, "Store", Map.of("", "heights"), row -> shown(row), StringUtf8Coder.of());
    PCollection<Void> unused = read.apply("Keep", ParDo.of(new KeepFn(uri)));
    pipeline.run().waitUntilFinish();
    return READ.remove(uri).stream().sorted().toList();
  }

  /** Keeps texts in this process, where the direct runner works too. */
  private static final class KeepFn extends DoFn<String, Void> {

    private static final long serialVersionUID = 1L;

    private final String uri;

    KeepFn(String uri) {
      this.uri = uri;
    }

    @ProcessElement
    public void process(@Element String row) {
      READ.get(uri).add(row);
    }
  }

  static String shown(WrittenRow row) {
    return (row.tombstone() ? "-" : "") + row.columns();
  }

  static PipelineOptions options() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(2);
    return options;
  }
}
