package dhara.parity;

import static dhara.testkit.EmbeddedKafka.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Endpoint;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.reconcile.Comparison;
import dhara.reconcile.Comparison.Asked;
import dhara.reconcile.Finding;
import dhara.reconcile.Report;
import dhara.testkit.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Topics of answers, compared with each other and with files. */
final class ReconcileKafkaTest {

  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");

  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  private String topic;
  private String printed;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void nameTopic(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void ofATopicTheHighestRevisionAfterTheLastTombstoneCounts() throws IOException {
    kafka.createTopic(topic, 3);
    produce(topic, "a", 0, 0, 1);
    produce(topic, "a", 0, 2, 3);
    produce(topic, "a", 0, 1, 2);
    produce(topic, "b", 1, 0, 7);
    produce(topic, "b", 1, 0, 8);
    produce(topic, "gone", 2, 5, 9);
    remove(topic, "gone", 2);
    produce(topic, "back", 2, 5, 9);
    remove(topic, "back", 2);
    produce(topic, "back", 2, 0, 4);

    files("answers", row("a", 2, 3), row("b", 0, 8), row("back", 0, 4));
    assertThat(unexplained(kafka.uri(topic), folder.toString()), is(0L));
    assertThat(printed, containsString("answers: 3 answers\n"));

    files("answers", row("a", 2, 3), row("b", 0, 8), row("back", 0, 5), row("gone", 0, 1));
    assertThat(unexplained(kafka.uri(topic), folder.toString()), is(2L));
  }

  @Test
  void whatIsWrittenAfterTheStartIsNotRead() throws IOException {
    kafka.createTopic(topic, 1);
    produce(topic, "a", 0, 0, 1);
    Pipeline pipeline = Pipeline.create(options());
    Comparison comparison = comparison(kafka.uri(topic), kafka.uri(topic), null, null);
    var findings = comparison.findings(pipeline);
    produce(topic, "b", 0, 0, 1);
    assertThat(run(pipeline, comparison, findings).compared(), is(1L));
  }

  @Test
  void topicsOfTheOutputsOfAnAnalysisAreComparedWithFolders() throws IOException {
    kafka.createTopic(topic, 1);
    kafka.createTopic(topic + "-top", 1);
    kafka.createTopic(topic + "-other", 1);
    produce(topic, "a", 0, 0, 1);
    produce(topic + "-top", "t", 0, 0, 1);
    produce(topic + "-other", "o", 0, 0, 1);
    files("metrics", row("a", 0, 1));

    assertThat(unexplained(kafka.uri(topic), folder.toString(), "order-metrics", null), is(1L));
    assertThat(
        printed, containsString("top: 1 answer, all of them only in A: B has no such output\n"));

    files("top", row("t", 0, 1));
    assertThat(unexplained(kafka.uri(topic), folder.toString(), "order-metrics", null), is(0L));
    assertThat(printed, endsWith("\n0 unexplained differences\n"));
  }

  @Test
  void lateEventsOfTheTopicBesideExplain() throws IOException {
    kafka.createTopic(topic, 1);
    kafka.createTopic(topic + "-late", 1);
    produce(topic, "a", 0, 0, 1);
    files("answers", row("a", 0, 2));
    assertThat(unexplained(kafka.uri(topic), folder.toString()), is(1L));

    kafka.produce(
        topic + "-late",
        0,
        NOON,
        null,
        ("{\"id\":\"L1\",\"at\":\"2025-06-01T12:00:59Z\",\"window_start\":\"2025-06-01T12:00:00Z\","
                + "\"window_end\":\"2025-06-01T12:01:00Z\",\"source\":\"kafka://events\","
                + "\"position\":\"partition=0 offset=7\"}")
            .getBytes(UTF_8));

    assertThat(unexplained(kafka.uri(topic), folder.toString()), is(0L));
    assertThat(printed, containsString("  - differs, late L1: {\"of\":\"a\"}"));
    String late = kafka.uri(topic + "-late");
    assertThat(unexplained(kafka.uri(topic), folder.toString(), null, late), is(0L));
    assertThat(unexplained(kafka.uri(topic), folder.toString(), null, "none"), is(1L));
  }

  @Test
  void aRecordThatIsNoRowFailsTheRunAndIsNamed() {
    kafka.createTopic(topic, 1);
    produce(topic, "a", 0, 0, 1);
    kafka.produce(topic, 0, NOON, null, "garbage".getBytes(UTF_8));
    Exception failed =
        assertThrows(
            Pipeline.PipelineExecutionException.class,
            () -> unexplained(kafka.uri(topic), kafka.uri(topic)));
    assertThat(
        failed.getMessage(),
        containsString("kafka://" + topic + " partition=0 offset=1: cannot be read as a row: it"));
  }

  @Test
  void aTopicThatIsNotThereIsRefused() {
    kafka.createTopic(topic, 1);
    BadOption refused =
        assertThrows(BadOption.class, () -> unexplained(kafka.uri(topic), kafka.uri(topic + "s")));
    assertThat(
        refused.getMessage(),
        containsString("there is no topic '" + topic + "s' on the broker; the nearest are"));
  }

  private void files(String output, String... rows) throws IOException {
    Path file = folder.resolve(output).resolve("rows.jsonl");
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(rows));
  }

  private static String row(String key, long revision, long value) {
    return "{" + columns(key) + ",\"revision\":%d,\"value\":%d}".formatted(revision, value);
  }

  private static String columns(String key) {
    return ("\"of\":\"%s\",\"window_start\":\"2025-06-01T12:00:00.000Z\","
            + "\"window_end\":\"2025-06-01T12:01:00.000Z\"")
        .formatted(key);
  }

  private static void produce(String to, String key, int partition, long revision, long value) {
    kafka.produce(
        List.of(
            record(to, partition, NOON, keyOf(key), row(key, revision, value).getBytes(UTF_8))));
  }

  private static void remove(String from, String key, int partition) {
    kafka.produce(from, partition, NOON, keyOf(key), null);
  }

  private static byte[] keyOf(String key) {
    return ("{" + columns(key) + "}").getBytes(UTF_8);
  }

  private static PipelineOptions options() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    return options;
  }

  private static Comparison comparison(String a, String b, String analysis, String late) {
    return Comparison.of(
        Endpoint.of("A", a),
        Endpoint.of("B", b),
        new Asked(
            analysis == null ? null : Analysis.all().get(analysis),
            null,
            null,
            0,
            late,
            null,
            Mapping.none(),
            false));
  }

  private long unexplained(String a, String b) throws IOException {
    return unexplained(a, b, null, null);
  }

  private long unexplained(String a, String b, String analysis, String late) throws IOException {
    Comparison comparison = comparison(a, b, analysis, late);
    Pipeline pipeline = Pipeline.create(options());
    return run(pipeline, comparison, comparison.findings(pipeline)).unexplained();
  }

  private Report run(Pipeline pipeline, Comparison comparison, PCollection<Finding> findings)
      throws IOException {
    Path file = Files.createTempFile("findings", "");
    findings.apply(Report.keptIn(file.toString()));
    pipeline.run().waitUntilFinish();
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    Files.delete(file);
    Report report =
        new Report("A", "B", comparison.causes(), comparison.lacking(), Report.parse(lines));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    report.print(new PrintStream(out, true, UTF_8), Finding.MOST);
    printed = out.toString(UTF_8).replace(System.lineSeparator(), "\n");
    return report;
  }
}
