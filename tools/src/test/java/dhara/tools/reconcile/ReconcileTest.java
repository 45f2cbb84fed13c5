package dhara.tools.reconcile;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileTest {

  private static final List<String> HAULS =
      List.of(
          row("Dal", "09:00", 0, "\"fish\":5,\"mean\":1.5"),
          row("Dal", "09:01", 0, "\"fish\":7,\"mean\":2.0"),
          row("Loktak", "09:00", 0, "\"fish\":9,\"mean\":0.1"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @BeforeEach
  void writeTheSameTwice() throws IOException {
    write("a/hauls/hauls.jsonl", HAULS);
    write("b/hauls/hauls.jsonl", HAULS);
  }

  @Test
  void equalSetsAreEqual() {
    assertThat(run(), is(0));
    assertThat(
        out(),
        is(
            String.join(
                "\n",
                "A: files:" + folder + "/a",
                "B: files:" + folder + "/b",
                "explained by: nothing",
                "",
                "hauls: 3 answers",
                "  same               3",
                "  differs            0",
                "  only in A          0",
                "  only in B          0",
                "",
                "3 answers compared: same 3, explained by late events 0, explained by dead"
                    + " letters 0",
                "0 unexplained differences\n")));
    assertThat(err(), is(emptyString()));
  }

  @Test
  void oneValueThatDiffersIsFoundAndShownWithBothRows() throws IOException {
    changeDal();

    assertThat(run(), is(1));
    assertThat(
        out(),
        allOf(
            containsString("  differs            1 = late 0 + dead letter 0 + unexplained 1\n"),
            containsString(
                "  - differs, unexplained: {\"lake\":\"Dal\"} [2026-01-05T09:01:00.000Z,"
                    + " 2026-01-05T09:02:00.000Z)\n"
                    + "      A, revision 0: {\"fish\":7,\"mean\":2.0}\n"
                    + "      B, revision 1: {\"fish\":8,\"mean\":2.0}\n"
                    + "      fish: 7, 8 (by 1)\n"),
            endsWith("1 unexplained difference\n")));
  }

  /** B counts one fish more at 09:01. */
  private void changeDal() throws IOException {
    write(
        "b/hauls/hauls.jsonl",
        List.of(HAULS.get(0), row("Dal", "09:01", 1, "\"fish\":8,\"mean\":2.0"), HAULS.get(2)));
  }

  @Test
  void oneRowThatIsMissingIsFound() throws IOException {
    write("b/hauls/hauls.jsonl", HAULS.subList(0, 2));
    assertThat(run(), is(1));
    assertThat(out(), containsString("  only in A          1 = late 0 + dead letter 0 + unexpl"));

    write("a/hauls/hauls.jsonl", HAULS.subList(0, 1));
    assertThat(run(), is(1));
    assertThat(out(), containsString("  only in B          1 = late 0 + dead letter 0 + unexpl"));
  }

  @Test
  void aLateEventOfTheWindowExplainsIt() throws IOException {
    changeDal();
    write("a/late/late.jsonl", List.of(late("L1", "09:01:59.999", "09:01", "09:02")));

    assertThat(out(), run(), is(0));
    assertThat(
        out(),
        allOf(
            containsString("explained by: files:" + folder + "/a (late)"),
            containsString("  differs            1 = late 1 + dead letter 0 + unexplained 0\n"),
            containsString("  - differs, late L1: {\"lake\":\"Dal\"}"),
            containsString("3 answers compared: same 2, explained by late events 1, explained"),
            endsWith("\n0 unexplained differences\n")));

    assertThat("turned off", run("--late=none"), is(1));
    assertThat("named", run("--late=files:" + folder + "/a/late"), is(0));
    assertThat("named above", run("--late=files:" + folder + "/a"), is(0));
  }

  @Test
  void aLateEventThatStandsAtTheSamePlaceOnBothSidesExplainsNothing() throws IOException {
    changeDal();
    String late = late("L1", "09:01:30", "09:01", "09:02");
    write("a/late/late.jsonl", List.of(late));
    write("b/late/late.jsonl", List.of(late));
    assertThat("the same record on both sides", run(), is(1));
    assertThat(out(), containsString("  differs            1 = late 0 + dead letter 0 + unexpl"));

    write("b/late/late.jsonl", List.of(late.replace("offset=7", "offset=8")));
    assertThat("a copy at another place", run(), is(0));
  }

  @Test
  void aLateEventBesideTheWindowExplainsNothing() throws IOException {
    changeDal();
    write(
        "a/late/late.jsonl",
        List.of(
            late("L1", "09:00:59.999", "09:00", "09:01"),
            late("L2", "09:02:00", "09:01", "09:02")));

    assertThat(run(), is(1));
  }

  @Test
  void aLateEventThatBeganASessionExplainsTheSessionsItReaches() throws IOException {
    changeDal();
    write("b/late/late.jsonl", List.of(late("S1", "09:00:00", "09:00", "09:30")));
    assertThat("reaches over it only", run(), is(1));

    write("b/late/late.jsonl", List.of(late("S1", "09:00:30.000", "09:00", "09:02")));
    assertThat("no session of its own", run(), is(1));

    write("b/late/late.jsonl", List.of(late("S1", "09:00:00", "09:00", "09:02")));
    assertThat("ends in it", run(), is(0));
  }

  @Test
  void aDeadLetterOfOneSideExplainsTheWindowOfItsTime() throws IOException {
    changeDal();
    String bytes = "{\"at\":\"2026-01-05T09:01:30Z\",\"fish\":\"many\"}";
    write("a/dead-letters/d.jsonl", List.of(dead(bytes, "byte=7")));

    assertThat(out(), run(), is(0));
    assertThat(out(), containsString("  - differs, dead letter events.jsonl byte=7: {\"lake\""));
    assertThat("turned off", run("--deadLetters=none"), is(1));

    write("b/dead-letters/d.jsonl", List.of(dead(bytes, "partition=0 offset=3")));
    assertThat("dead on both sides", run(), is(1));
    assertThat("named", run("--deadLetters=files:" + folder + "/a"), is(0));
  }

  @Test
  void aDeadLetterThatStandsForManyExplainsAsOneDoesAndSaysWhichRecords() throws IOException {
    changeDal();
    String bytes = "{\"at\":\"2026-01-05T09:01:30Z\",\"fish\":\"many\"}";
    write(
        "a/dead-letters/d.jsonl",
        List.of(
            dead(bytes, "byte=7")
                .replace("}", ",\"records\":4900,\"last_position\":\"byte=499999\"}")));

    assertThat(out(), run(), is(0));
    assertThat(
        out(), containsString("dead letter events.jsonl byte=7 to byte=499999, 4,900 records: {"));
  }

  @Test
  void aDeadLettersTimeIsReadAsTheEventsWere() throws IOException {
    changeDal();
    write("a/dead-letters/d.jsonl", List.of(dead("{\"ts\":1767603690000}", "byte=7")));

    assertThat(run(), is(1));
    assertThat(
        out(), containsString("without a time that can be read, which explain nothing: 1\n"));
    assertThat(run("--map=at=ts:epochMillis,lake=x"), is(0));
  }

  @Test
  void theHighestRevisionOfAKeyAndWindowIsItsAnswer() throws IOException {
    write("a/hauls/hauls-2.jsonl", List.of(row("Dal", "09:00", 2, "\"fish\":6,\"mean\":1.5")));
    write(
        "b/hauls/early.jsonl",
        List.of(
            row("Dal", "09:00", 3, "\"fish\":6,\"mean\":1.5"),
            row("Dal", "09:00", 1, "\"fish\":1,\"mean\":1.5")));

    assertThat(out(), run(), is(0));
  }

  @Test
  void aSetWithTwoDifferentRowsOfOneKeyWindowAndRevisionIsRefused() throws IOException {
    write("b/hauls/a.jsonl", List.of(row("Dal", "09:00", 0, "\"fish\":6,\"mean\":1.5")));

    assertThat(run(), is(1));
    assertThat(
        err(),
        containsString(
            "dhara: B has two different rows of hauls {\"lake\":\"Dal\"} [2026-01-05T09:00:00Z,"
                + " 2026-01-05T09:01:00Z), both of revision 0: a set that two runs wrote is no"
                + " answer\n"));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void aSetThatABackfillDidNotFinishIsRefusedUnlessItIsAskedFor() throws IOException {
    write("b/hauls/_RUN-20260105T090000000-4711-0a1b2c3d", List.of());

    assertThat(run(), is(2));
    assertThat(
        err(),
        is(
            "dhara: B=files:%1$s/b: %1$s/b/hauls is of a backfill that did not finish, started at 2026-01-05T09:00:00Z as process 4711; run it again, or read what is there all the same: ?unfinished=true\n"
                .formatted(folder)));
    assertThat(between("a", "b/hauls/*.jsonl"), is(2));
    assertThat(between("a", "b?unfinished=true"), is(0));
  }

  @Test
  void aSetThatIsWholeMayHaveNoRows() throws IOException {
    for (String side : List.of("a", "b")) {
      write(side + "/hauls/_SUCCESS", List.of("{\"input\":\"boats\"}"));
      write(side + "/alerts/_SUCCESS", List.of("{\"input\":\"boats\"}"));
    }

    assertThat(run(), is(0));
    assertThat(out(), containsString("3 answers compared: same 3"));
  }

  @Test
  void theOrderOfColumnsAndTheSpellingOfNumbersDoNotMatter() throws IOException {
    write(
        "b/hauls/hauls.jsonl",
        List.of(
            row("Dal", "09:00", 0, "\"mean\":1.50,\"fish\":5"),
            row("Dal", "09:01", 0, "\"mean\":2,\"fish\":7.0"),
            row("Loktak", "09:00", 0, "\"fish\":9,\"mean\":1e-1")));

    assertThat(out(), run(), is(0));
  }

  @Test
  void csvIsComparedByValue() throws IOException {
    Files.delete(folder.resolve("b/hauls/hauls.jsonl"));
    write(
        "a/hauls/hauls.jsonl",
        List.of(
            row("Dal", "09:00", 0, "\"fish\":5,\"note\":\"a \\\"b\\\"\\nc\",\"of\":[{\"n\":1.0}]"),
            row("1.0", "09:00", 0, "\"fish\":5,\"note\":null,\"of\":[]"),
            row("1", "09:00", 0, "\"fish\":5,\"note\":\"\",\"of\":[]")));
    write(
        "b/hauls/hauls.csv",
        List.of(
            "lake,window_start,window_end,revision,fish,note,of",
            "Dal,2026-01-05T09:00:00.000Z,2026-01-05T09:01:00.000Z,0,5,\"a \"\"b\"\"\nc\","
                + "\"[{\"\"n\"\":1}]\"",
            "1,2026-01-05T09:00:00.000Z,2026-01-05T09:01:00.000Z,0,5.0,,[]",
            "1.0,2026-01-05T09:00:00.000Z,2026-01-05T09:01:00.000Z,0,5,,[]"));

    assertThat(run(), is(0));
    assertThat(out(), containsString("hauls: 3 answers"));
  }

  @Test
  void textIsNoNumberWhereBothSidesCanTell() throws IOException {
    write(
        "b/hauls/hauls.jsonl",
        List.of(HAULS.get(0), row("Dal", "09:01", 0, "\"fish\":\"7\",\"mean\":2.0"), HAULS.get(2)));

    assertThat(run(), is(1));
    assertThat(out(), containsString("fish: 7, \"7\"\n"));
  }

  @Test
  void aToleranceIsForFractionsOnly() throws IOException {
    write(
        "b/hauls/hauls.jsonl",
        List.of(
            row("Dal", "09:00", 0, "\"fish\":5,\"mean\":1.5000000001"),
            row("Dal", "09:01", 0, "\"fish\":7,\"mean\":2"),
            row("Loktak", "09:00", 0, "\"fish\":9,\"mean\":0.1")));
    assertThat(run(), is(1));
    assertThat(run("--tolerance=1e-12"), is(1));
    assertThat(run("--tolerance=1e-9"), is(0));

    write("b/hauls/z.jsonl", List.of(row("Dal", "09:01", 1, "\"fish\":8,\"mean\":2.0")));
    assertThat("whole numbers are exact", run("--tolerance=0.5"), is(1));
    assertThat(out(), containsString("1 unexplained difference\n"));
  }

  @Test
  void onlyWindowsThatLieInTheRangeAreCompared() throws IOException {
    changeDal();

    assertThat(run("--until=2026-01-05T09:01:59Z"), is(0));
    assertThat(
        out(),
        allOf(
            containsString("hauls: 2 answers"),
            containsString("outside the range, and not compared: 2 rows")));
    assertThat(run("--from=2026-01-05T09:01:00Z", "--until=2026-01-05T09:02:00Z"), is(1));
    assertThat(out(), containsString("hauls: 1 answer\n"));
    assertThat(run("--from=2027-01-05T09:01:00Z"), is(2));
    assertThat(
        err(),
        is(
            "dhara: reconcile: nothing to compare: neither side has an answer in the range, and 6"
                + " rows lie outside of it; with --allowEmpty that counts as equal\n"));
  }

  @Test
  void anOutputThatOneSideLacksIsSaid() throws IOException {
    write("b/top/top.jsonl", List.of(row("Dal", "09:00", 0, "\"rank\":1")));

    assertThat(run(), is(1));
    assertThat(
        out(),
        allOf(
            containsString("top: 1 answer, all of them only in B: A has no such output\n"),
            containsString("hauls: 3 answers\n")));
    assertThat("one output alone", between("a/hauls", "b/hauls"), is(0));
    assertThat(out(), containsString("answers: 3 answers\n"));
    assertThat("one without a name", between("a/hauls", "b"), is(2));
    assertThat(err(), containsString("has the outputs hauls, top, the other side has one without"));
    assertThat("its one output", between("b/hauls", "a"), is(0));
    assertThat(out(), containsString("hauls: 3 answers\n"));
  }

  @Test
  void withAnAnalysisItsOutputsAreCompared() throws IOException {
    write("a/scratch/x.jsonl", List.of("no row"));
    assertThat(run("--analysis=tides"), is(2));
    assertThat(err(), containsString("has none of the outputs; it has hauls, scratch"));
    write("a/highs/x.jsonl", HAULS);
    write("b/highs/x.jsonl", HAULS);
    assertThat(err(), run("--analysis=tides"), is(0));
    assertThat(out(), containsString("highs: 3 answers"));
    assertThat(run("--analysis=tide"), is(2));
    assertThat(err(), containsString("Did you mean tides?"));
  }

  @Test
  void effectsThatABackfillHasHeldBackAreHintedAt() throws IOException {
    write("a/rush/x.jsonl", HAULS);
    write("b/rush/x.jsonl", HAULS);
    write("a/bursts/x.jsonl", HAULS);

    assertThat(run("--analysis=booking-rush", "--until=2027-01-05T00:00:00Z"), is(1));
    assertThat(
        err(),
        is(
            "hint: B lacks bursts, because a backfill holds effects back; run it with"
                + " --effects=true\n"));
    write("b/bursts/x.jsonl", HAULS);
    assertThat(run("--analysis=booking-rush"), is(0));
    assertThat(err(), is(emptyString()));
  }

  @Test
  void differencesWithoutAnEndOfTheRangeHintAtWhatAStreamHasNotSettled() throws IOException {
    changeDal();

    assertThat(run(), is(1));
    assertThat(
        err(),
        is(
            "hint: a stream has not settled its newest windows; --until=INSTANT, with"
                + " settled_until of its ledger, compares those that it has\n"));
    assertThat(run("--until=2027-01-05T00:00:00Z"), is(1));
    assertThat(err(), is(emptyString()));
  }

  @Test
  void theReportIsJsonToo() throws IOException {
    changeDal();
    Path report = folder.resolve("report.json");

    assertThat(run("--report=" + report), is(1));

    JsonNode json = new ObjectMapper().readTree(report.toFile());
    assertThat(json.get("compared").asLong(), is(3L));
    assertThat(json.get("unexplained").asLong(), is(1L));
    JsonNode output = json.get("outputs").get(0);
    assertThat(output.get("output").asText(), is("hauls"));
    assertThat(output.get("same").asLong(), is(2L));
    assertThat(
        output.get("differs").toString(), is("{\"unexplained\":1,\"late\":0,\"deadLetter\":0}"));
    assertThat(
        output.get("examples").toString(),
        is(
            "[{\"kind\":\"differs\",\"cause\":\"unexplained\",\"key\":{\"lake\":\"Dal\"},"
                + "\"windowStart\":\"2026-01-05T09:01:00.000Z\","
                + "\"windowEnd\":\"2026-01-05T09:02:00.000Z\","
                + "\"a\":{\"revision\":0,\"value\":{\"fish\":7,\"mean\":2.0}},"
                + "\"b\":{\"revision\":1,\"value\":{\"fish\":8,\"mean\":2.0}},"
                + "\"changes\":[{\"column\":\"fish\",\"a\":7,\"b\":8,\"by\":1}],"
                + "\"size\":0.125,\"causes\":[]}]"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(
          files.map(f -> f.getFileName().toString()).sorted().toList().toString(),
          is("[a, b, report.json]"));
    }
  }

  @Test
  void theTenWorstAreShownTheLargestFirst() throws IOException {
    List<String> a = new ArrayList<>();
    List<String> b = new ArrayList<>();
    for (int i = 10; i < 40; i++) {
      a.add(row("lake" + i, "09:00", 0, "\"fish\":1000"));
      b.add(row("lake" + i, "09:00", 0, "\"fish\":" + (1000 - i)));
    }
    write("a/hauls/hauls.jsonl", a);
    write("b/hauls/hauls.jsonl", b);

    assertThat(run(), is(1));
    List<String> shown =
        out().lines().filter(l -> l.startsWith("  - ")).map(l -> l.replaceAll("\\D", "")).toList();
    assertThat(
        shown.stream().map(l -> l.substring(0, 2)).toList().toString(),
        is("[39, 38, 37, 36, 35, 34, 33, 32, 31, 30]"));
    assertThat(out(), endsWith("30 unexplained differences\n"));
  }

  @Test
  void whatCannotBeReadFailsTheRunAndNamesThePlace() throws IOException {
    write("b/hauls/z.jsonl", List.of(HAULS.get(0), "{\"lake\":"));
    failed("z.jsonl byte=" + (HAULS.get(0).length() + 1) + ": cannot be read as a row: it is no J");
    write("b/hauls/z.jsonl", List.of("[1]"));
    failed("z.jsonl byte=0: cannot be read as a row: it is no JSON object");
    write("b/hauls/z.jsonl", List.of("{\"lake\":\"Dal\",\"fish\":5}"));
    failed("z.jsonl byte=0: cannot be read as a row: it has no instant window_start");
    write("b/hauls/z.jsonl", List.of(HAULS.get(0).replace("2026-01-05T09:01", "soon")));
    failed("its window_end is no instant: 'soon:00.000Z'");
    write("b/hauls/z.jsonl", List.of(HAULS.get(0).replace("\"revision\":0", "\"revision\":\"x\"")));
    failed("its revision is no whole number: \"x\"");
    Files.delete(folder.resolve("b/hauls/z.jsonl"));
    write("b/hauls/z.csv", List.of("lake,window_start", "Dal"));
    failed("z.csv byte=18: cannot be read as a row: it has 1 cells, the header 2");
    Files.delete(folder.resolve("b/hauls/z.csv"));
    write("b/hauls/z.avro", List.of("Obj"));
    failed("z.avro to its end");
    Files.delete(folder.resolve("b/hauls/z.avro"));
    write("b/late/z.jsonl", List.of("{\"id\":\"L1\"}"));
    failed("z.jsonl byte=0: cannot be read as a row: it has no instant at");
  }

  private void failed(String text) {
    assertThat(text, run(), is(1));
    assertThat(err(), containsString(text));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void refusesWhatItCannotDo() throws IOException {
    assertThat(dhara("reconcile"), is(2));
    assertThat(err(), containsString("names fewer than two sets of answers; write reconcile"));
    assertThat(dhara("reconcile", "a", "b", "c"), is(2));
    assertThat(err(), containsString("names more than two"));
    assertThat(dhara("reconcil", "a", "b"), is(2));
    assertThat(err(), containsString("Did you mean reconcile?"));
    assertThat(between("a", "nowhere"), is(2));
    assertThat(
        err(),
        is(
            "dhara: B=files:"
                + folder
                + "/nowhere: has no results: there is no such folder, or no file in it\n"));
    assertThat(dhara("reconcile", "console", "console"), is(2));
    assertThat(
        err(),
        containsString("cannot be read back; these can: files:PATH, kafka://HOST:9092/TOPIC"));
    assertThat(run("--tolerance=-1"), is(2));
    assertThat(err(), containsString("--tolerance=-1.0: is no share from 0"));
    assertThat(run("--tolerence=0"), is(2));
    assertThat(err(), containsString("Did you mean --tolerance?"));
    assertThat(run("--from=2026-01-05T09:00:00Z", "--until=2026-01-05T09:00:00Z"), is(2));
    assertThat(err(), containsString("the range would be empty"));
    assertThat(run("--late=files:" + folder + "/nowhere"), is(2));
    assertThat(err(), containsString("--late=none is for none"));
    assertThat(run("--report=" + folder), is(2));
    assertThat(err(), containsString("is a folder; name a file in it"));
    write("b/hauls/notes.txt", List.of("x"));
    assertThat(run(), is(2));
    assertThat(err(), containsString("notes.txt ends in neither .jsonl, .csv nor .avro"));
  }

  @Test
  void twoEmptySetsAreNotEqualUnlessTheUserSaysSo() throws IOException {
    write("a/hauls/hauls.jsonl", List.of());
    write("b/hauls/hauls.jsonl", List.of());

    assertThat(run(), is(2));
    assertThat(err(), containsString("reconcile: nothing to compare: neither side has an answer;"));
    assertThat(run("--allowEmpty"), is(0));
    assertThat(out(), endsWith("\n0 unexplained differences\n"));
    assertThat(between("nowhere", "b", "--allowEmpty"), is(0));
  }

  @Test
  void isInTheHelp() {
    assertThat(dhara("help"), is(0));
    assertThat(out(), containsString("reconcile A B"));
    assertThat(dhara("help", "reconcile"), is(0));
    assertThat(
        out(), allOf(containsString("--tolerance=NUMBER"), not(containsString("targetParallel"))));
    assertThat(dhara("reconcile", "--help", "--all"), is(0));
    assertThat(out(), containsString("--targetParallelism"));
    assertThat(run("--explain"), is(0));
    assertThat(out(), containsString("Engine: bathtub"));
  }

  private static String row(String lake, String start, int revision, String value) {
    String end = "09:0" + (Integer.parseInt(start.substring(4)) + 1);
    return ("{\"lake\":\"%s\",\"window_start\":\"2026-01-05T%s:00.000Z\","
            + "\"window_end\":\"2026-01-05T%s:00.000Z\",\"revision\":%d,%s}")
        .formatted(lake, start, end, revision, value);
  }

  private static String late(String id, String at, String start, String end) {
    return ("{\"input\":\"nets\",\"id\":\"%s\",\"at\":\"2026-01-05T%sZ\","
            + "\"window_start\":\"2026-01-05T%s:00.000Z\",\"window_end\":\"2026-01-05T%s:00.000Z\","
            + "\"late_millis\":700000,\"source\":\"kafka://nets\",\"position\":\"partition=0"
            + " offset=7\",\"event\":\"{}\"}")
        .formatted(id, at, start, end);
  }

  private static String dead(String bytes, String position) {
    return ("{\"input\":\"nets\",\"reason\":\"WRONG_TYPE\",\"text\":\"fish\",\"source\":"
            + "\"events.jsonl\",\"position\":\"%s\",\"seen_at\":\"2026-01-05T09:00:00.000Z\","
            + "\"bytes\":\"%s\"}")
        .formatted(
            position, Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.UTF_8)));
  }

  private void write(String file, List<String> lines) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, lines);
  }

  private int run(String... options) {
    return between("a", "b", options);
  }

  private int between(String a, String b, String... options) {
    return dhara(
        Stream.concat(
                Stream.of("reconcile", "files:" + folder + "/" + a, "files:" + folder + "/" + b),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private int dhara(String... arguments) {
    out.reset();
    err.reset();
    return Dhara.on(
            Console.piped(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)))
        .run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
