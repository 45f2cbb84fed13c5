package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Aside;
import dhara.connectors.Endpoint;
import dhara.connectors.Gathered;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFormat;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.options.BadOption;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.transforms.Create;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesSinkTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-01-05T10:00:00Z");

  record Lake(String lakeName) {}

  record Catch(String fish, int count) {}

  record Haul(long total, @Nullable String note, Instant lastAt, List<Catch> catches) {}

  record Lot(String fish, BigDecimal price) {}

  record Sale(BigDecimal totalPrice, int count, List<Lot> lots) {}

  private static final Answer<Lake, Haul> DAL =
      new Answer<>(
          new Lake("Dal"),
          NINE,
          TEN,
          2,
          new Haul(
              5,
              "rain, \"heavy\"",
              NINE.plusNanos(123_456_000),
              List.of(new Catch("trout", 3), new Catch("carp", 2))));
  private static final Answer<Lake, Haul> LOKTAK =
      new Answer<>(
          new Lake("Loktāk"), TEN, TEN.plusSeconds(3600), 0, new Haul(0, null, TEN, List.of()));

  @TempDir Path folder;

  @Test
  void writesAnswersAsLinesOfJson() throws IOException {
    write("", List.of(DAL, LOKTAK));

    assertThat(
        lines("hauls", ".jsonl"),
        containsInAnyOrder(
            "{\"lake_name\":\"Dal\",\"window_start\":\"2026-01-05T09:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T10:00:00.000Z\",\"revision\":2,\"total\":5,"
                + "\"note\":\"rain, \\\"heavy\\\"\",\"last_at\":\"2026-01-05T09:00:00.123456Z\","
                + "\"catches\":[{\"fish\":\"trout\",\"count\":3},{\"fish\":\"carp\",\"count\":2}]}",
            "{\"lake_name\":\"Loktāk\",\"window_start\":\"2026-01-05T10:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T11:00:00.000Z\",\"revision\":0,\"total\":0,"
                + "\"note\":null,\"last_at\":\"2026-01-05T10:00:00.000Z\",\"catches\":[]}"));
  }

  @Test
  void writesAnswersAsCsvWithAHeaderInEachFile() throws IOException {
    write("?format=csv&shards=1", List.of(DAL, LOKTAK));

    List<String> lines = lines("hauls", ".csv");
    assertThat(
        lines.get(0), is("lake_name,window_start,window_end,revision,total,note,last_at,catches"));
    assertThat(
        lines.subList(1, lines.size()),
        containsInAnyOrder(
            "Dal,2026-01-05T09:00:00.000Z,2026-01-05T10:00:00.000Z,2,5,\"rain, \"\"heavy\"\"\","
                + "2026-01-05T09:00:00.123456Z,"
                + "\"[{\"\"fish\"\":\"\"trout\"\",\"\"count\"\":3},"
                + "{\"\"fish\"\":\"\"carp\"\",\"\"count\"\":2}]\"",
            "Loktāk,2026-01-05T10:00:00.000Z,2026-01-05T11:00:00.000Z,0,0,,"
                + "2026-01-05T10:00:00.000Z,[]"));
  }

  @Test
  void writesAnswersAsAvroWithTheirSchema() throws IOException {
    write("?format=avro&shards=1", List.of(DAL, LOKTAK));

    List<GenericRecord> rows = new ArrayList<>();
    Schema schema = null;
    for (Path file : files("hauls")) {
      try (var reader =
          new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
        schema = reader.getSchema();
        reader.forEach(rows::add);
      }
    }

    assertThat(
        schema.getFields().stream().map(Schema.Field::name).toList(),
        contains(
            "lake_name",
            "window_start",
            "window_end",
            "revision",
            "total",
            "note",
            "last_at",
            "catches"));
    assertThat(
        rows.stream().map(FilesSinkTest::text).toList(),
        containsInAnyOrder(
            "Dal %d %d 2 5 rain, \"heavy\" %d [trout 3, carp 2]"
                .formatted(micros(NINE), micros(TEN), micros(NINE) + 123_456),
            "Loktāk %d %d 0 0 null %d []"
                .formatted(micros(TEN), micros(TEN.plusSeconds(3600)), micros(TEN))));
    for (String time : List.of("window_start", "window_end", "last_at")) {
      Schema type = schema.getField(time).schema();
      assertThat(time, type.getLogicalType().getName(), is("timestamp-micros"));
    }
  }

  private static long micros(Instant instant) {
    return Math.multiplyExact(instant.getEpochSecond(), 1_000_000L) + instant.getNano() / 1000;
  }

  private static String text(GenericRecord row) {
    List<String> catches = new ArrayList<>();
    for (Object each : (List<?>) row.get("catches")) {
      GenericRecord one = (GenericRecord) each;
      catches.add(one.get("fish") + " " + one.get("count"));
    }
    return Stream.of(
                "lake_name", "window_start", "window_end", "revision", "total", "note", "last_at")
            .map(name -> String.valueOf(row.get(name)))
            .reduce((a, b) -> a + " " + b)
            .orElseThrow()
        + " "
        + catches;
  }

  /** A stream's files: the first answer is valid, the second was withdrawn. */
  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "csv", "avro"})
  void aWithdrawnAnswerIsAMarkedRowAndIsReadBackAsGone(String format) throws IOException {
    Path file = Files.createDirectories(folder.resolve("hauls")).resolve("hauls-0." + format);
    RowFormat<Answer<Lake, Haul>> rows = RowFormat.answers(Lake.class, Haul.class);
    FileIO.Sink<Answer<Lake, Haul>> sink =
        FilesSink.of(endpoint("?format=" + format), "hauls", rows).files(true);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      sink.open(channel);
      sink.write(DAL);
      sink.write(LOKTAK);
      sink.write(Answer.withdrawn(LOKTAK.key(), LOKTAK.start(), LOKTAK.end(), 7));
      sink.flush();
    }

    Pipeline pipeline = Pipeline.create(Gathered.options());
    ResultSet written = new FilesConnector().results(endpoint(""));
    Gathered<String> read =
        Gathered.of(
            written.read(
                pipeline,
                "Read",
                Map.of("hauls", "hauls"),
                row ->
                    "%s %s %s %s"
                        .formatted(
                            row.columns().get("lake_name").asText(),
                            row.columns().get("revision").asText(),
                            row.columns().get("total"),
                            row.tombstone() ? "gone" : "stands"),
                StringUtf8Coder.of()));
    pipeline.run().waitUntilFinish();

    String total = format.equals("csv") ? "\"%d\"" : "%d";
    assertThat(
        read.values(),
        containsInAnyOrder(
            "Dal 2 %s stands".formatted(total.formatted(5)),
            "Loktāk 0 %s stands".formatted(total.formatted(0)),
            "Loktāk 7 null gone"));
  }

  @Test
  void writesAsManyFilesAsTheUserSays() throws IOException {
    List<Answer<Lake, Haul>> many = new ArrayList<>();
    IntStream.range(0, 100).forEach(i -> many.add(lake("lake" + i)));

    write("?shards=3", many);

    assertThat(files("hauls"), hasSize(3));
    assertThat(lines("hauls", ".jsonl"), hasSize(100));
  }

  @Test
  void leavesNothingBesideItsFiles() throws IOException {
    write("", List.of(DAL));

    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(
          all.map(Path::toFile).filter(File::isFile).map(File::getName).toList(),
          contains(startsWith("hauls-")));
    }
  }

  @Test
  void noAnswersAreNoFiles() {
    write("", List.of());

    assertThat(Files.exists(folder.resolve("hauls")), is(false));
  }

  @Test
  void writesDeadLettersWithTheirBytesInBase64() throws IOException {
    DeadLetter letter =
        new DeadLetter(
            "hauls",
            Reason.NOT_UTF8,
            "byte 1 (0xFF) is no UTF-8",
            "/data/a.jsonl",
            "byte=12",
            NINE,
            new byte[] {'{', (byte) 0xFF});
    Pipeline pipeline = Pipeline.create(Gathered.options());
    pipeline
        .apply(Create.of(letter).withCoder(RecordCoder.of(DeadLetter.class)))
        .apply(FilesSink.of(endpoint(""), Aside.DEAD_LETTERS, RowFormat.deadLetters()));
    pipeline.run().waitUntilFinish();

    assertThat(
        lines(Aside.DEAD_LETTERS, ".jsonl"),
        contains(
            "{\"input\":\"hauls\",\"reason\":\"NOT_UTF8\",\"text\":\"byte 1 (0xFF) is no UTF-8\","
                + "\"source\":\"/data/a.jsonl\",\"position\":\"byte=12\","
                + "\"seen_at\":\"2026-01-05T09:00:00.000Z\",\"bytes\":\"e/8=\","
                + "\"records\":null,\"last_position\":null,\"whole_length\":null,\"whole_sha256\":null}"));
  }

  @Test
  void whatALaterAnswerReplacesIsItsKeyAndWindow() throws IOException {
    RowFormat<Answer<Lake, Haul>> rows = RowFormat.answers(Lake.class, Haul.class);

    assertThat(
        new String(rows.jsonKey(DAL), StandardCharsets.UTF_8),
        is(
            "{\"lake_name\":\"Dal\",\"window_start\":\"2026-01-05T09:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T10:00:00.000Z\"}"));
  }

  @Test
  void aFullDiskIsNamedWithItsFolderAndItsOption() throws IOException {
    for (String format : List.of("jsonl", "csv", "avro")) {
      FileIO.Sink<Answer<Lake, Haul>> files = sink("?format=" + format).files(false);
      try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
        IOException failure =
            assertThrows(
                IOException.class,
                () -> {
                  files.open(full);
                  files.write(DAL);
                  files.flush();
                });

        assertThat(
            failure.getMessage(),
            is("--answers: cannot write to " + folder + "/hauls: No space left on device"));
      }
    }
  }

  @Test
  void refusesParametersThatItDoesNotKnow() {
    refused("?colour=red", "knows no parameter 'colour'; it takes [format, shards]");
    refused("?format=xml", "format=xml is not known; it is jsonl, csv or avro");
    refused("?shards=many", "shards=many is not a number of files, e.g. shards=4");
    refused("?shards=-1", "shards=-1 is not a number of files, e.g. shards=4");
  }

  @Test
  void refusesDecimalsAsAvroBeforeAnythingRuns() {
    RowFormat<Answer<Lake, Sale>> rows = RowFormat.answers(Lake.class, Sale.class);

    BadOption refused =
        assertThrows(BadOption.class, () -> FilesSink.of(endpoint("?format=avro"), "sales", rows));

    assertThat(
        refused.getMessage(),
        is(
            "--answers=files:"
                + folder
                + "?format=avro: format=avro has no decimals of any scale, as there are in"
                + " total_price, lots.price; write format=jsonl or format=csv"));
    FilesSink.of(endpoint("?format=jsonl"), "sales", rows);
    FilesSink.of(endpoint("?format=csv"), "sales", rows);
  }

  private void refused(String parameters, String fix) {
    BadOption refused = assertThrows(BadOption.class, () -> sink(parameters));
    assertThat(
        refused.getMessage(),
        allOf(
            // A value that is not known to be harmless is not repeated.
            startsWith("--answers=files:" + folder + parameters.replace("=red", "=…") + ": "),
            containsString(fix)));
  }

  private static Answer<Lake, Haul> lake(String name) {
    return new Answer<>(new Lake(name), NINE, TEN, 0, new Haul(1, null, NINE, List.of()));
  }

  private Endpoint endpoint(String parameters) {
    return Endpoint.of("--answers", "files:" + folder + parameters);
  }

  private FilesSink<Answer<Lake, Haul>> sink(String parameters) {
    return FilesSink.of(endpoint(parameters), "hauls", RowFormat.answers(Lake.class, Haul.class));
  }

  private void write(String parameters, List<Answer<Lake, Haul>> answers) {
    Coder<Answer<Lake, Haul>> coder =
        AnswerCoder.of(RecordCoder.of(Lake.class), RecordCoder.of(Haul.class));
    Pipeline pipeline = Pipeline.create(Gathered.options());
    pipeline.apply(Create.of(answers).withCoder(coder)).apply(sink(parameters));
    pipeline.run().waitUntilFinish();
  }

  private List<Path> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private List<String> lines(String name, String ending) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(name)) {
      assertThat(file.toString().endsWith(ending), is(true));
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }
}
