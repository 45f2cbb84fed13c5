package dhara.connectors.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Aside;
import dhara.connectors.Counts;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Gathered;
import dhara.connectors.RowFormat;
import dhara.connectors.TimeBounds;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesSourceTest {

  private static final TimeBounds BOUNDS =
      new TimeBounds(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));
  private static final int LONGEST = 100;
  private static final String AT = "2026-01-05T09:00:00Z";

  /** An event of these tests; a step cannot go backwards. */
  record Step(String id, Instant at, long length) implements Event {
    Step {
      if (length < 0) {
        throw new IllegalArgumentException("length is negative: " + length);
      }
    }
  }

  /** An event whose class has a bug. */
  record Buggy(String id, Instant at, long length) implements Event {
    Buggy {
      length = 100 / length;
    }
  }

  @TempDir Path folder;

  @Test
  void readsAnEventPerLineOfJsonWithItsTimeAsTimestamp() throws IOException {
    write("a.jsonl", json("1", 5), "\n", json("2", 7), "\n");

    Outcome outcome = read("a.jsonl");

    assertThat(outcome.events, containsInAnyOrder(step("1", 5), step("2", 7)));
    assertThat(outcome.timestamps, is(List.of(AT.replace("Z", ".000Z"))));
    assertThat(outcome.dead, empty());
    assertThat(outcome.read, is(2L));
  }

  @Test
  void readsFilesByAPatternWhateverTheirLinesEndWith() throws IOException {
    write("a.jsonl", json("1", 1), "\r\n", json("2", 2), "\r\n");
    write("b.jsonl", json("3", 3), "\n", json("4", 4));
    write("empty.jsonl");
    write("c.txt", "not this one");

    Outcome outcome = read("*.jsonl");

    assertThat(
        outcome.events, containsInAnyOrder(step("1", 1), step("2", 2), step("3", 3), step("4", 4)));
    assertThat(outcome.read, is(4L));
  }

  @Test
  void aBugOfAnEventsClassIsNoDeadLetterButFailsTheRunAndSaysWhere() throws IOException {
    write("a.jsonl", json("1", 5), "\n", json("2", 0), "\n");
    Pipeline pipeline = Pipeline.create(Gathered.options());
    FilesSource.of(
            Endpoint.of("--events", folder + "/a.jsonl"),
            Buggy.class,
            Mapping.none(),
            "steps",
            BOUNDS,
            LONGEST)
        .read(pipeline, "steps", Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));

    Throwable failure = assertThrows(RuntimeException.class, pipeline::run);
    assertThat(
        failure.getMessage(),
        containsString(
            "a.jsonl byte=%d: the constructor of Buggy threw java.lang.ArithmeticException: / by zero"
                .formatted(json("1", 5).length() + 1)));
  }

  @Test
  void anEmptyFileHoldsNoEvents() throws IOException {
    write("empty.jsonl");

    Outcome outcome = read("empty.jsonl");

    assertThat(outcome.events, empty());
    assertThat(outcome.read, is(0L));
  }

  @Test
  void readsCsvWithItsHeaderInAnyOrderOfColumns() throws IOException {
    write(
        "a.csv", "\uFEFFlength, id ,other,at\r\n", "5,1,x," + AT + "\r\n", "7,\"2\",\"x,y\"," + AT);

    assertThat(read("a.csv").events, containsInAnyOrder(step("1", 5), step("2", 7)));
  }

  @Test
  void readsCsvWithColumnsThatTheUserNames() throws IOException {
    write("a.csv", "5,1," + AT + "\n", "7,2," + AT + "\n");

    assertThat(
        read("a.csv?columns=length,id,at").events, containsInAnyOrder(step("1", 5), step("2", 7)));
  }

  @Test
  void readsCsvWithOtherDelimitersAndEndings() throws IOException {
    write("a.txt", "id;length;at\n", "1;5;" + AT + "\n");
    write("b.txt", "id\tlength\tat\n", "2\t7\t" + AT + "\n");

    assertThat(read("a.txt?format=csv&delimiter=;").events, contains(step("1", 5)));
    assertThat(read("b.txt?format=csv&delimiter=%09").events, contains(step("2", 7)));
  }

  @Test
  void guessesWhatStandsBetweenCells() throws IOException {
    write("semicolons.csv", "id;length;at;x,y,z\n", "1;5;" + AT + ";\n");
    write("tabs.csv", "id\tlength\tat\n", "2\t7\t" + AT + "\n");
    write("bars.csv", "id|length|at\n", "3|9|" + AT + "\n");
    write("tabs.tsv", "id\tat\tlength\tx,y,z,u\n", "4\t" + AT + "\t11\t\n");
    write("bare.csv", "5;1,5;13;" + AT + "\n");
    write("part-0001", "id|length|at\n", "6|15|" + AT + "\n");

    assertThat(read("semicolons.csv").events, contains(step("1", 5)));
    assertThat(read("tabs.csv").events, contains(step("2", 7)));
    assertThat(read("bars.csv").events, contains(step("3", 9)));
    assertThat(read("tabs.tsv").events, contains(step("4", 11)));
    assertThat(read("bare.csv?columns=id,x,length,at").events, contains(step("5", 13)));
    assertThat(read("part-0001").events, contains(step("6", 15)));
  }

  @Test
  void aCellInQuotesMayHoldLineBreaks() throws IOException {
    write("a.csv", "\"le\nngth\",id,at,length\r\n", "\"x\r\ny\",1," + AT + ",5\r\n", "\"z\",2,\n");

    Outcome outcome = read("a.csv");

    assertThat(outcome.events, contains(step("1", 5)));
    assertThat(outcome.dead.stream().map(DeadLetter::position).toList(), contains("byte=57"));
    assertThat(outcome.read, is(2L));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 40, 64, 333})
  void rowsOverSeveralLinesAreReadOnceHoweverTheFileIsCutIntoSegments(long segmentBytes)
      throws IOException {
    StringBuilder csv = new StringBuilder("id,text,length,at\n");
    List<Step> steps = IntStream.range(0, 60).mapToObj(i -> step("s" + i, i)).toList();
    for (Step step : steps) {
      String text = "\"a,b\n".repeat(1) + "c\n".repeat((int) step.length % 4) + "\"";
      csv.append(step.id).append(',').append(text).append(',').append(step.length);
      csv.append(',').append(AT).append('\n');
    }
    write("a.csv", csv.toString());

    Outcome outcome = read("a.csv", segmentBytes);

    assertThat(outcome.dead, empty());
    assertThat(outcome.events, is(steps));
  }

  @Test
  void readsTheElementsOfAnArrayAndDocumentsOverSeveralLines() throws IOException {
    String pretty = json("2", 7).replace(",", ",\n  ").replace("{", "{\n  ").replace("}", "\n}");
    write("array.json", "[", json("1", 5), ",\n", pretty, ", 3 ]\n");
    write("pretty.jsonl", pretty, "\n", pretty.replace("\"2\"", "\"3\"").replace("7", "9"));
    write("events", " [ ", json("4", 11), "]");
    zip("array.json.gz", "[" + json("5", 13) + ",\n" + json("6", 15) + "]");
    write("open.json", "[", json("7", 17), ",\n");

    Outcome array = read("array.json");
    assertThat(array.events, contains(step("1", 5), step("2", 7)));
    assertThat(array.dead.stream().map(DeadLetter::reason).toList(), contains(Reason.MALFORMED));
    assertThat(
        array.dead.stream().map(DeadLetter::position).toList(),
        contains("byte=" + ("[" + json("1", 5) + ",\n" + pretty + ", ").length()));
    assertThat(read("pretty.jsonl").events, contains(step("2", 7), step("3", 9)));
    assertThat(read("events").events, contains(step("4", 11)));
    assertThat(read("array.json.gz").events, contains(step("5", 13), step("6", 15)));
    Outcome open = read("open.json");
    assertThat(open.events, contains(step("7", 17)));
    assertThat(
        open.dead.stream().map(letter -> letter.reason() + " " + letter.text()).toList(),
        contains("MALFORMED is the end of an array that nothing closes: the file breaks off"));
  }

  @Test
  void aFirstLineThatBreaksOffSaysNothingOfTheLinesAfterIt() throws IOException {
    write("a.jsonl", "{\"id\":\"0\",\"at\":\n", json("1", 5), "\n", json("2", 7), "\n");

    Outcome outcome = read("a.jsonl");

    assertThat(outcome.events, contains(step("1", 5), step("2", 7)));
    assertThat(outcome.dead.stream().map(DeadLetter::position).toList(), contains("byte=0"));
  }

  @Test
  void readsOtherEncodingsAndSaysOnWhichLineADeadLetterStands() throws IOException {
    String csv = "id;länge;at\r\n£1;5;" + AT + "\r\n£2;x;" + AT + "\r\n£3;7;" + AT + "\r\n";
    Files.writeString(folder.resolve("a.csv"), csv, Charset.forName("windows-1252"));
    Files.writeString(folder.resolve("b.csv"), csv, StandardCharsets.UTF_16);
    Files.writeString(
        folder.resolve("c.json"), "\uFEFF[\n" + json("£4", 9) + ",\n1]", StandardCharsets.UTF_16LE);

    for (String file : List.of("a.csv?encoding=windows-1252", "b.csv")) {
      Outcome outcome = read(file, Mapping.of(List.of("length=länge")));
      assertThat(file, outcome.events, contains(step("£1", 5), step("£3", 7)));
      DeadLetter dead = outcome.dead.get(0);
      assertThat(file, dead.reason() + " " + dead.position(), is("WRONG_TYPE line=3"));
      assertThat(file, new String(dead.bytes(), StandardCharsets.UTF_8), is("£2;x;" + AT));
    }
    Outcome array = read("c.json");
    assertThat(array.events, contains(step("£4", 9)));
    assertThat(array.dead.get(0).position(), is("line=3"));
  }

  @Test
  void aFolderMeansTheFilesInIt() throws IOException {
    Files.createDirectories(folder.resolve("in/below"));
    write("in/a.jsonl", json("1", 5));
    write("in/b.csv", "id,at,length\n", "2," + AT + ",7\n");
    write("in/_SUCCESS", "");
    write("in/.a.jsonl.crc", "crc");
    write("in/below/c.jsonl", json("3", 9));

    assertThat(read("in").events, contains(step("1", 5), step("2", 7)));
    assertThat(read("in/").events, contains(step("1", 5), step("2", 7)));
  }

  @Test
  void readsTheStandardInputAlsoCompressed() throws IOException {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(bytes(json("1", 5) + "\n{}\n" + json("2", 7))));
      Outcome outcome = readAll("-", 20);
      assertThat(outcome.events, contains(step("1", 5), step("2", 7)));
      assertThat(outcome.dead.get(0).source(), is("-"));
      assertThat(outcome.dead.get(0).position(), is("byte=" + (json("1", 5).length() + 1)));

      System.setIn(new ByteArrayInputStream(zip("a.gz", "id,at,length\n3," + AT + ",9\n")));
      assertThat(readAll("-", 20).events, contains(step("3", 9)));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void eventsThatLackAFieldAtFirstAreReadOnRequest() throws IOException {
    write("a.jsonl", "{\"id\":\"0\"}\n".repeat(100), json("1", 5), "\n");

    assertThrows(BadOption.class, () -> read("a.jsonl"));
    assertThat(read("a.jsonl?check=no").events, contains(step("1", 5)));
  }

  @Test
  void readsTheHeaderOfEachFileForItself() throws IOException {
    write("a.csv", "id,length,at\n", "1,5," + AT + "\n");
    write("b.csv", "at,id,length\n", AT + ",2,7\n");
    write("header-alone.csv", "at,id,length");

    Outcome outcome = read("*.csv");

    assertThat(outcome.events, containsInAnyOrder(step("1", 5), step("2", 7)));
    assertThat(outcome.read, is(2L));
  }

  @Test
  void readsWhatIsCompressedAsItsEndingSays() throws IOException {
    zip("a.jsonl.gz", json("1", 5) + "\n" + json("2", 7) + "\n");
    zip("b.csv.gz", "id,length,at\n3,9," + AT + "\n");

    assertThat(read("a.jsonl.gz").events, containsInAnyOrder(step("1", 5), step("2", 7)));
    assertThat(read("b.csv.gz").events, contains(step("3", 9)));
  }

  @ParameterizedTest
  @ValueSource(longs = {13, 53, 54, 55, 56, 57, 200, 100_000})
  void readsEachLineOnceHoweverTheFileIsCutIntoSegments(long segmentBytes) throws IOException {
    List<Step> steps = IntStream.range(0, 10).mapToObj(i -> step("s" + i, (long) i * i)).toList();
    StringBuilder json = new StringBuilder();
    StringBuilder csv = new StringBuilder("id,length,at\r\n");
    for (Step step : steps) {
      json.append(json(step.id, step.length)).append(step.length % 3 == 0 ? "\r\n" : "\n");
      csv.append(step.id).append(',').append(step.length).append(',').append(AT).append("\r\n");
    }
    write("a.jsonl", json.append("{\n\n").toString());
    write("a.csv", csv.toString().stripTrailing());
    zip("b.csv.gz", csv.toString());

    Outcome lines = read("a.jsonl", segmentBytes);
    assertThat(lines.events, is(steps));
    assertThat(lines.read, is(12L));
    assertThat(
        lines.dead.stream().map(DeadLetter::position).toList(),
        containsInAnyOrder("byte=" + (json.length() - 3), "byte=" + (json.length() - 1)));
    assertThat(read("a.csv", segmentBytes).events, is(steps));
    assertThat(read("b.csv.gz", segmentBytes).events, is(steps));
  }

  @Test
  void whatIsNoEventIsADeadLetterWithItsBytesAndItsPlace() throws IOException {
    String tooLong = json("long", 1).replace("{", "{" + " ".repeat(LONGEST));
    byte[][] lines = {
      bytes(json("1", 5)),
      bytes("   "),
      bytes(""),
      bytes(tooLong),
      {'{', '"', (byte) 0xFF, '"', '}'},
      bytes(json("negative", -1)),
      bytes(json("old", 1).replace("2026", "1999")),
      bytes(json("future", 1).replace("2026", "9999")),
      bytes("{}"),
      bytes("{\"id\":"),
      bytes(json("text", 1).replace(":1}", ":\"many\"}")),
      bytes(json("2", 7))
    };
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int[] starts = new int[lines.length];
    for (int i = 0; i < lines.length; i++) {
      starts[i] = file.size();
      file.write(lines[i]);
      file.write('\n');
    }
    Path path = Files.write(folder.resolve("a.jsonl"), file.toByteArray());

    Outcome outcome = read("a.jsonl");

    assertThat(outcome.events, containsInAnyOrder(step("1", 5), step("2", 7)));
    List<Reason> reasons =
        List.of(
            Reason.EMPTY,
            Reason.EMPTY,
            Reason.TOO_LONG,
            Reason.NOT_UTF8,
            Reason.INVALID,
            Reason.TOO_OLD,
            Reason.IN_THE_FUTURE,
            Reason.MISSING_FIELD,
            Reason.MALFORMED,
            Reason.WRONG_TYPE);
    List<DeadLetter> dead =
        outcome.dead.stream()
            .sorted(Comparator.comparing(d -> Long.valueOf(d.position().substring(5))))
            .toList();
    assertThat(dead.stream().map(DeadLetter::reason).toList(), is(reasons));
    for (int i = 0; i < dead.size(); i++) {
      DeadLetter letter = dead.get(i);
      assertThat(letter.input(), is("steps"));
      assertThat(letter.source(), is(path.toString()));
      assertThat(letter.position(), is("byte=" + starts[i + 1]));
      byte[] whole = lines[i + 1];
      assertThat(letter.bytes(), is(Arrays.copyOf(whole, Math.min(LONGEST, whole.length))));
    }
    assertThat(outcome.read, is((long) lines.length));
    assertThat(outcome.read, is((long) outcome.events.size() + outcome.dead.size()));
  }

  @Test
  void aCsvLineOfOtherColumnsIsADeadLetter() throws IOException {
    write("a.csv", "id,length,at\n", "1,5," + AT + "\n", "2,7\n", "\"3,9," + AT + "\n");

    Outcome outcome = read("a.csv");

    assertThat(outcome.events, contains(step("1", 5)));
    assertThat(
        outcome.dead.stream().map(DeadLetter::reason).toList(),
        is(List.of(Reason.MALFORMED, Reason.MALFORMED)));
  }

  @Test
  void aFileThatBreaksOffFailsTheRunAndIsNamed() throws IOException {
    byte[] whole = zip("whole.jsonl.gz", (json("1", 5) + "\n").repeat(500));
    Path broken = folder.resolve("broken.jsonl.gz");
    Files.write(broken, Arrays.copyOf(whole, whole.length - 20));

    Exception failure = assertThrows(RuntimeException.class, () -> read("broken.jsonl.gz"));

    Throwable root = failure;
    StringBuilder chain = new StringBuilder();
    while (root != null) {
      chain.append(root.getMessage()).append('\n');
      root = root.getCause();
    }
    assertThat(chain.toString(), containsString("cannot read " + broken + " to its end: "));
  }

  @Test
  void refusesBeforeTheRunWhatCannotBeRead() throws IOException {
    write("a.jsonl", json("1", 5), "\n");
    write("other.csv", "id,at\n", "1," + AT + "\n");
    write("open.csv", "id,\"at\n");
    write("b.csv", "ID_1;ts;Laenge;len\n");
    String nested = "{\"id\":\"1\",\"at\":\"" + AT + "\",\"step\":{\"Length\":5,\"unit\":\"m\"}}\n";
    write("b.jsonl", nested, "garbage\n", nested);
    write("lines.txt", "garbage\n");
    write("empty.csv");
    write("empty.jsonl.gz");
    write("endless.csv", "x".repeat(LONGEST + 1));

    refused("absent.jsonl", "no such file; name a file or a pattern");
    refused("absent/*.jsonl", "no such file; name a file or a pattern");
    Files.createDirectories(folder.resolve("hidden/below"));
    write("hidden/_SUCCESS", "");
    write("hidden/.part.crc", "");
    refused("hidden", "is a folder without files");
    refused(
        "a.jsonl?colour=red", "knows no parameter 'colour'; it takes [check, columns, delimiter");
    refused("a.jsonl?format=xml", "format=xml is not known; it is jsonl, json or csv");
    refused("a.jsonl?format=csv&delimiter=::", "delimiter=:: is not one ASCII character");
    refused(
        "a.jsonl?delimiter=%",
        "the value of delimiter has a % that starts no escape; write %25 for it");
    refused("a.jsonl?format=csv&format=jsonl", "says format twice; leave one of them out");
    refused(
        "a.jsonl?format",
        "has a parameter that is not NAME=VALUE; write %26 for a & within a value");
    refused(
        "other.csv", "Step has no column length; there are id, at. Map it: --map=length=COLUMN");
    refused(
        "b.csv",
        "Step has no column id, no column at, no column length; there are ID_1, ts, Laenge, len."
            + " Map them: --map=id=ID_1,at=COLUMN,length=len");
    refused(
        "b.jsonl",
        "cannot be read as steps: in the first 2 events Step has no field length; there are id, at,"
            + " step, step.Length, step.unit. Map it: --map=length=step.Length, or, if later ones"
            + " differ, add ?check=no");
    refused("a.jsonl?check=maybe", "check=maybe is neither yes nor no");
    refused("a.jsonl?encoding=UTF-17", "encoding=UTF-17 is not known; it is e.g. UTF-8, UTF-16,");
    refused(
        "lines.txt",
        "Step has no column id, no column at, no column length; there are garbage. Map them:"
            + " --map=id=COLUMN,at=COLUMN,length=COLUMN. It is read as CSV because it begins with"
            + " neither { nor [; if it is JSON, add ?format=jsonl");
    refused("open.csv", "starts with no header of columns: cell 2 'at' opens a quote");
    refused("empty.csv", "is empty, so it has no header; leave the file out");
    refused("empty.jsonl.gz", "is empty, so it is not compressed but broken; leave it out");
    refused("endless.csv", "starts with a line too long for a header; name its columns=a,b,c");
    refused("other.csv?columns=id,id,length,at", "the column id is there twice");
  }

  private void refused(String file, String fix) {
    String uri = folder + "/" + file;
    BadOption refused = assertThrows(BadOption.class, () -> source(uri).check());
    // Values that are not known to be harmless are not repeated.
    String shown = uri.replaceFirst("(colour=|delimiter=(?=%)).*", "$1…");
    assertThat(
        refused.getMessage(), allOf(startsWith("--events=" + shown + ": "), containsString(fix)));
  }

  /** What a source gave. */
  @Test
  void deadLettersAreSeenAtTimesThatAvroHolds() throws IOException {
    write("a.jsonl", "garbage\n".repeat(50));
    FilesSource<Step> source = source(folder + "/a.jsonl");
    Pipeline pipeline = Pipeline.create(Gathered.options());
    EventSource.Read<Step> read =
        source.read(pipeline, "steps", Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));
    Endpoint avro = Endpoint.of("--answers", "files:" + folder + "?format=avro&shards=1");

    Gathered<DeadLetter> dead = Gathered.of(read.deadLetters());
    read.deadLetters().apply(FilesSink.of(avro, Aside.DEAD_LETTERS, RowFormat.deadLetters()));
    pipeline.run().waitUntilFinish();

    List<Long> seen = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve(Aside.DEAD_LETTERS))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try (var rows =
            new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
          rows.forEach(row -> seen.add((Long) row.get("seen_at")));
        }
      }
    }
    assertThat(
        seen,
        containsInAnyOrder(
            dead.values().stream()
                .map(letter -> ChronoUnit.MICROS.between(Instant.EPOCH, letter.seenAt()))
                .toArray(Long[]::new)));
    assertThat(seen.size(), is(50));
  }

  @Test
  void millionsOfEqualLinesAreSummedUpAndEachIsCounted() throws IOException {
    zip("bomb.jsonl.gz", "\n".repeat(3_000_000) + json("1", 5) + "\n" + "{\n".repeat(150));

    Outcome outcome = read("bomb.jsonl.gz");

    assertThat(outcome.events, contains(step("1", 5)));
    assertThat(outcome.read, is(3_000_151L));
    assertThat(outcome.dead.stream().mapToLong(DeadLetter::count).sum(), is(3_000_150L));
    assertThat(
        outcome.dead.stream()
            .filter(letter -> letter.records() != null)
            .map(d -> d.reason() + " " + d.position() + " to " + d.lastPosition() + " " + d.count())
            .toList(),
        containsInAnyOrder(
            "EMPTY byte=100 to byte=2999999 2999900", "MALFORMED byte=3000250 to byte=3000348 50"));
    assertThat(outcome.dead.size(), is(202));
  }

  private record Outcome(
      List<Step> events, List<String> timestamps, List<DeadLetter> dead, long read) {}

  private Outcome read(String file) {
    return read(file, 1 << 20);
  }

  private Outcome read(String file, Mapping mapping) {
    return read(source(folder + "/" + file, mapping));
  }

  private Outcome read(String file, long segmentBytes) {
    return readAll(folder + "/" + file, segmentBytes);
  }

  private static Outcome readAll(String uri, long segmentBytes) {
    return read(source(uri).inSegmentsOf(segmentBytes));
  }

  private static Outcome read(FilesSource<Step> source) {
    source.check();
    Pipeline pipeline = Pipeline.create(Gathered.options());
    EventSource.Read<Step> read =
        source.read(pipeline, "steps", Lateness.of(Windows.tumbling(Duration.ofMinutes(1))));
    Gathered<Step> events = Gathered.of(read.events());
    Gathered<DeadLetter> dead = Gathered.of(read.deadLetters());
    Gathered<Counts> counts = Gathered.of(read.counts());
    pipeline.run().waitUntilFinish();
    return new Outcome(
        events.values().stream().sorted(Comparator.comparing(Step::length)).toList(),
        events.timestamps().stream().distinct().map(Object::toString).toList(),
        dead.values(),
        counts.values().stream().mapToLong(Counts::read).sum());
  }

  private static FilesSource<Step> source(String uri) {
    return source(uri, Mapping.none());
  }

  private static FilesSource<Step> source(String uri, Mapping mapping) {
    return FilesSource.of(
        Endpoint.of("--events", uri), Step.class, mapping, "steps", BOUNDS, LONGEST);
  }

  private static Step step(String id, long length) {
    return new Step(id, Instant.parse(AT), length);
  }

  private static String json(String id, long length) {
    return "{\"id\":\"%s\",\"at\":\"%s\",\"length\":%d}".formatted(id, AT, length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void write(String file, String... parts) throws IOException {
    Files.writeString(folder.resolve(file), String.join("", parts));
  }

  private byte[] zip(String file, String text) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes(text));
    }
    Files.write(folder.resolve(file), zipped.toByteArray());
    return zipped.toByteArray();
  }
}
