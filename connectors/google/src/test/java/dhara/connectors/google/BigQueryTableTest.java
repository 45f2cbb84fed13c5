package dhara.connectors.google;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import dhara.assembly.Sink;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.RunFolder;
import dhara.options.BadOption;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BigQueryTableTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  record Harbour(String name) {}

  record Height(long millimetres, @Nullable String note) {}

  enum Moon {
    NEW,
    FULL
  }

  record Boat(String name, int berths) {}

  /** A component of every type that BigQuery has a column for. */
  record Everything(
      byte tiny,
      short small,
      int middling,
      long large,
      float rough,
      double fine,
      boolean yes,
      String text,
      Moon moon,
      Instant at,
      LocalDate day,
      List<String> words,
      Boat boat,
      List<Boat> boats) {}

  record Price(BigDecimal price) {}

  record Board(List<List<Long>> heights) {}

  record Berth(double draught) {}

  private static final Output<Harbour, Height> HEIGHTS =
      new Output<>("heights", Harbour.class, Height.class);

  /** Beam keeps the schema of each table that a process has written: each test has its own. */
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final String table = "tides_" + TESTS.incrementAndGet();
  private FakeDatasetService service;

  @BeforeEach
  void emptyTables() throws Exception {
    service = FakeBigQuery.start();
  }

  private String uri() {
    return "fakebigquery://dhara-tests/shop/" + table;
  }

  @Test
  void ofOneKeyAndWindowTheHighestRevisionStays() throws Exception {
    List<Answer<Harbour, Height>> answers = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Long> last = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      String name = "H" + random.nextInt(5);
      int minute = random.nextInt(4);
      long revision = i < 250 ? i : i + 1_767_600_000L; // a stream's, then a backfill's over it
      answers.add(answer(name, minute, revision, revision * 10));
      last.merge(name + " " + NINE.plusSeconds(60L * minute), revision, Math::max);
    }
    Collections.shuffle(answers, new Random(7));
    answers.addAll(answers.subList(0, 100)); // what a retried bundle writes again

    write(HEIGHTS, answers);

    Map<String, Long> kept = new TreeMap<>();
    for (TableRow row : FakeBigQuery.rows(table)) {
      long revision = Long.parseLong(row.get("revision").toString());
      assertThat(row.get("millimetres").toString(), is("" + revision * 10));
      Long other = kept.put(row.get("name") + " " + at(row.get("window_start")), revision);
      assertThat("one row a key and window", other == null, is(true));
    }
    assertThat(kept, is(last));
  }

  @Test
  void aWithdrawnAnswerIsDeletedUnlessALaterRevisionCame() throws Exception {
    Answer<Harbour, Height> kochi = answer("Kochi", 0, 1, 95);
    Answer<Harbour, Height> mumbai = answer("Mumbai", 0, 5, 310);

    write(
        HEIGHTS,
        List.of(
            kochi,
            Answer.withdrawn(kochi.key(), kochi.start(), kochi.end(), 2),
            mumbai,
            Answer.withdrawn(mumbai.key(), mumbai.start(), mumbai.end(), 4)));

    assertThat(
        FakeBigQuery.rows(table).stream().map(row -> row.get("name").toString()).toList(),
        is(List.of("Mumbai")));
  }

  /** A deletion has columns of every type that are not null, which BigQuery passes over. */
  @Test
  void aRowOfEveryTypeCanBeDeleted() throws Exception {
    Output<Harbour, Everything> all = new Output<>("all", Harbour.class, Everything.class);

    write(all, List.of(Answer.withdrawn(new Harbour("Kochi"), NINE, NINE.plusSeconds(60), 2)));

    assertThat(FakeBigQuery.rows(table).size(), is(0));
  }

  private static Instant at(Object timestamp) {
    return Instant.parse(timestamp.toString().replace(" ", "").replaceFirst("Z?$", "Z"));
  }

  @Test
  void aTableIsMadeWithTheColumnsOfTheRecordsAndTheKeyAsItsPrimaryKey() throws Exception {
    write(new Output<>("all", Harbour.class, Everything.class), List.of());

    Table made = FakeBigQuery.table(table);
    assertThat(
        made.getTableConstraints().getPrimaryKey().getColumns(),
        is(List.of("name", "window_start", "window_end")));
    assertThat(made.getClustering().getFields(), is(List.of("name", "window_start", "window_end")));
    assertThat(
        shown(made.getSchema()),
        is(
            "name STRING REQUIRED, window_start TIMESTAMP REQUIRED, window_end TIMESTAMP REQUIRED,"
                + " revision INT64 REQUIRED, tiny INT64 REQUIRED, small INT64 REQUIRED, middling"
                + " INT64 REQUIRED, large INT64 REQUIRED, rough FLOAT64 REQUIRED, fine FLOAT64"
                + " REQUIRED, yes BOOL REQUIRED, text STRING REQUIRED, moon STRING REQUIRED, at TIMESTAMP REQUIRED, day DATE REQUIRED, words STRING"
                + " REPEATED, boat STRUCT REQUIRED (name STRING REQUIRED, berths INT64 REQUIRED),"
                + " boats STRUCT REPEATED (name STRING REQUIRED, berths INT64 REQUIRED)"));
  }

  private static String shown(TableSchema schema) {
    return shown(schema.getFields());
  }

  private static String shown(List<TableFieldSchema> fields) {
    List<String> shown = new ArrayList<>();
    for (TableFieldSchema field : fields) {
      String mode = field.getMode() == null ? "NULLABLE" : field.getMode();
      String nested = field.getFields() == null ? "" : " (" + shown(field.getFields()) + ")";
      shown.add(field.getName() + " " + field.getType() + " " + mode + nested);
    }
    return String.join(", ", shown);
  }

  @Test
  void aRowOfEveryTypeIsWritten() throws Exception {
    Everything all =
        new Everything(
            (byte) 1,
            (short) 2,
            3,
            4,
            0.5f,
            0.25,
            true,
            "text",
            Moon.FULL,
            NINE.plusNanos(123_456_000),
            LocalDate.parse("2026-01-05"),
            List.of("a", "b"),
            new Boat("Asha", 4),
            List.of(new Boat("Mira", 2)));

    write(
        new Output<>("all", Harbour.class, Everything.class),
        List.of(new Answer<>(new Harbour("Kochi"), NINE, NINE.plusSeconds(60), 0, all)));

    List<TableRow> rows = FakeBigQuery.rows(table);
    assertThat(rows.size(), is(1));
    TableRow row = rows.get(0);
    assertThat(row.get("tiny").toString(), is("1"));
    assertThat(row.get("large").toString(), is("4"));
    assertThat(row.get("rough").toString(), is("0.5"));
    assertThat(row.get("moon"), is("FULL"));
    assertThat(at(row.get("at")), is(all.at()));
    assertThat(row.get("day").toString(), is("2026-01-05"));
    assertThat(row.get("words"), is(List.of("a", "b")));
    assertThat(row.get("boats").toString(), containsString("Mira"));
  }

  /** What the fake refuses; it goes with the graph. */
  private record Kochi() implements Function<TableRow, Boolean>, Serializable {
    @Override
    public Boolean apply(TableRow row) {
      return "Kochi".equals(row.get("name"));
    }
  }

  @Test
  void aRowThatBigQueryRefusesFailsTheRun() {
    service.setShouldFailRow(new Kochi());

    PipelineExecutionException failure =
        assertThrows(
            PipelineExecutionException.class,
            () -> write(HEIGHTS, List.of(answer("Kochi", 0, 0, 1), answer("Mumbai", 0, 0, 2))));

    assertThat(
        failure.getCause().getMessage().replaceFirst("(?s)(Failing row ).*", "$1"),
        is(
            "dhara-tests.shop."
                + table
                + ": BigQuery refused the row {name=Kochi, window_start=2026-01-05T09:00:00Z,"
                + " window_end=2026-01-05T09:01:00Z}: Failing row "));
  }

  @Test
  void aTableThatIsThereIsWrittenToWhereItsKeyIsTheSame() throws Exception {
    write(HEIGHTS, List.of(answer("Kochi", 0, 0, 1)));
    write(HEIGHTS, List.of(answer("Kochi", 0, 1, 2), answer("Mumbai", 0, 0, 3)));

    assertThat(
        FakeBigQuery.rows(table).stream()
            .map(row -> row.get("name") + " " + row.get("millimetres"))
            .toList(),
        containsInAnyOrder("Kochi 2", "Mumbai 3"));
  }

  @Test
  void aTableThatIsThereIsRefusedWhereItsKeyOrItsColumnsDiffer() throws Exception {
    write(HEIGHTS, List.of());

    refused(
        new Output<>("boats", Boat.class, Height.class),
        "dhara-tests.shop."
            + table
            + " has the primary key [name, window_start, window_end], and upserts"
            + " need [name, berths, window_start, window_end]; name another table, or drop it");
    refused(
        new Output<>("berths", Harbour.class, Berth.class),
        "dhara-tests.shop." + table + " lacks the columns [draught]; add them, as nullable");
  }

  @Test
  void aDatasetThatIsNotThereIsRefused() {
    Endpoint endpoint = Endpoint.of("--answers", "fakebigquery://dhara-tests/elsewhere/tides");

    BadOption refused =
        assertThrows(BadOption.class, () -> sink(endpoint, HEIGHTS, RunFolder.create()).check());

    assertThat(
        refused.getMessage(),
        containsString(
            "--answers=fakebigquery://dhara-tests/elsewhere/tides: BigQuery refuses it; is the"
                + " dataset there (bq mk --dataset dhara-tests:elsewhere), and may it be written"));
  }

  @Test
  void whatBigQueryHasNoColumnForIsRefused() {
    refused(
        new Output<>("prices", Harbour.class, Price.class),
        "price is a decimal of any scale, and BigQuery's have nine places; count in whole minor"
            + " units, or write to files");
    refused(
        new Output<>("boards", Harbour.class, Board.class),
        "heights is a list of lists, which BigQuery has no column for; put a record between");
    refused(
        new Output<>("berths", Berth.class, Height.class),
        "draught is part of the key, and a key of BigQuery has no FLOAT64; it may have [BOOL,"
            + " BOOLEAN, DATE, INT64, INTEGER, NUMERIC, STRING, TIMESTAMP]");
  }

  private void refused(Output<?, ?> output, String fix) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () -> sink(Endpoint.of("--answers", uri()), output, RunFolder.create()).check());
    assertThat(refused.getMessage(), is("--answers=" + uri() + ": " + fix));
  }

  private static Answer<Harbour, Height> answer(
      String name, int minute, long revision, long millimetres) {
    Instant start = NINE.plusSeconds(60L * minute);
    return new Answer<>(
        new Harbour(name), start, start.plusSeconds(60), revision, new Height(millimetres, null));
  }

  private <K extends Record, V extends Record> void write(
      Output<K, V> output, List<Answer<K, V>> answers) throws Exception {
    try (RunFolder folder = RunFolder.create()) {
      Sink<Answer<K, V>> sink = sink(Endpoint.of("--answers", uri()), output, folder);
      sink.check();
      sink.create();
      Pipeline pipeline = Pipeline.create(options());
      pipeline
          .apply(
              Create.of(answers)
                  .withCoder(
                      AnswerCoder.of(RecordCoder.of(output.key()), RecordCoder.of(output.value()))))
          .apply("Write", sink.write());
      pipeline.run().waitUntilFinish();
    }
  }

  private static <K extends Record, V extends Record> Sink<Answer<K, V>> sink(
      Endpoint endpoint, Output<K, V> output, RunFolder folder) {
    return Sink.answers(endpoint, output, true, null, new Connector.Run(true, folder, options()));
  }

  private static PipelineOptions options() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(1);
    return options;
  }
}
