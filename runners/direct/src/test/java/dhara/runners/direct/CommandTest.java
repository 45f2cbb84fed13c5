package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dhara.terminal.Console;
import dhara.tools.Dhara;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on the direct runner, from files to files or the console. */
class CommandTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Three events a minute apart, a copy of the second, and what is none. */
  @BeforeEach
  void writeOrders() throws IOException {
    Files.writeString(
        folder.resolve("orders.jsonl"),
        order(1, "09:00:00")
            + order(2, "09:01:00")
            + "nonsense\n"
            + order(2, "09:01:00")
            + order(3, "09:02:00"));
  }

  private static String order(int id, String time) {
    return ("{\"id\":\"%d\",\"at\":\"2026-01-05T%sZ\",\"order\":\"O%d\",\"product\":\"P1\","
            + "\"category\":\"books\",\"quantity\":1,\"unit_minor\":100}\n")
        .formatted(id, time, id);
  }

  @Test
  void showsAnswersThenDeadLettersThenTheLedger() {
    assertThat(orders("--answers=console?format=table"), is(0));

    assertThat(
        out(),
        containsString(
            "metrics: 3 answers\n"
                + "dimension  name   window_start              window_end               "
                + " revision"));
    assertThat(
        err(),
        allOf(
            startsWith("dead letter MALFORMED " + folder.resolve("orders.jsonl") + " byte="),
            endsWith(
                "orders: read 5 = aggregated 3 + dead-lettered 1 + late 0 + duplicate 1 + filtered"
                    + " 0\n")));
  }

  @Test
  void theRangeOfEventTimeIsHalfOpenAndWhatLiesOutsideIsCounted() {
    assertThat(orders("--from=2026-01-05T09:01:00Z", "--until=2026-01-05T09:02:00Z"), is(0));

    assertThat(out().lines().toList(), hasSize(1));
    assertThat(out(), containsString("\"window_start\":\"2026-01-05T09:01:00.000Z\""));
    assertThat(
        err(),
        endsWith(
            "orders: read 5 = aggregated 1 + dead-lettered 1 + late 0 + duplicate 1 + filtered"
                + " 2\n"));
  }

  @Test
  void twoSourcesJoinAtTheCutoverWithoutAGapAndWithoutCountingTwice() throws IOException {
    Files.writeString(
        folder.resolve("since.jsonl"),
        order(2, "09:01:00") + order(3, "09:02:00") + order(4, "09:02:30") + order(5, "09:03:00"));

    int exit =
        orders(
            "--events=" + folder.resolve("since.jsonl"),
            "--cutover=2026-01-05T09:02:00Z",
            "--unique=false",
            "--answers=files:" + folder + "/joined?format=csv");

    assertThat(err(), exit, is(0));
    assertThat(
        err(),
        is(
            ("metrics: 4 rows in %2$d files of %1$s/joined/metrics\n"
                    + "top: 0 rows in 0 files of %1$s/joined/top\n"
                    + "totals: 1 row in 1 file of %1$s/joined/totals\n"
                    + "dead-letters: 1 row in 1 file of %1$s/joined/dead-letters: MALFORMED 1\n"
                    + "ledger: 1 row in 1 file of %1$s/joined/ledger\n"
                    + "orders: read 9 = aggregated 6 + dead-lettered 1 + late 0 + duplicate 0"
                    + " + filtered 2\n")
                .formatted(folder, finals(folder.resolve("joined/metrics")).size())));
    assertThat(
        lines("joined/metrics").stream().filter(l -> !l.startsWith("dimension")).toList(),
        containsInAnyOrder(
            startsWith("category,books,2026-01-05T09:00:00.000Z,2026-01-05T09:01:00.000Z,0,1,"),
            // order 2 and its copy, of which the archive holds both
            startsWith(
                "category,books,2026-01-05T09:01:00.000Z,2026-01-05T09:02:00.000Z,0,1,0,200"),
            startsWith("category,books,2026-01-05T09:02:00.000Z,2026-01-05T09:03:00.000Z,0,2,"),
            startsWith("category,books,2026-01-05T09:03:00.000Z,2026-01-05T09:04:00.000Z,0,1,")));
  }

  @Test
  void severalSourcesOfOneInputAreUnited() throws IOException {
    Files.writeString(folder.resolve("more.jsonl"), order(3, "09:02:00") + order(4, "09:02:30"));
    Files.writeString(folder.resolve("most.jsonl"), "[" + order(5, "09:03:00") + "]");

    int exit =
        orders(
            "--events=orders=" + folder.resolve("more.jsonl"),
            "--events=orders=" + folder.resolve("most.jsonl"));

    assertThat("one is named and another is not", exit, is(2));
    exit =
        orders(
            "--events=" + folder.resolve("more.jsonl"), "--events=" + folder.resolve("most.jsonl"));

    assertThat(err(), exit, is(0));
    assertThat(
        err(),
        containsString(
            "orders: read 8 = aggregated 5 + dead-lettered 1 + late 0 + duplicate 2 + filtered"
                + " 0\n"));
  }

  @Test
  void aCutoverNeedsTwoSources() {
    assertThat(orders("--cutover=2026-01-05T09:02:00Z"), is(2));
    assertThat(
        err(),
        containsString(
            "--cutover=2026-01-05T09:02:00Z: needs two sources: give --events twice, the one before"
                + " it first"));
    String file = "--events=" + folder.resolve("orders.jsonl");
    assertThat(orders("--cutover=2026-01-05T09:02:00Z", file, file), is(2));
  }

  @Test
  void theLedgerIsWrittenAsJsonToo() throws IOException {
    assertThat(orders("--answers=files:" + folder + "/all"), is(0));

    assertThat(
        lines("all/ledger"),
        contains(
            "{\"input\":\"orders\",\"revision\":0,\"read\":5,\"aggregated\":3,"
                + "\"dead_lettered\":1,\"late\":0,\"duplicate\":1,\"filtered\":0,"
                + "\"parsed\":4,\"in_range\":4,\"watermark\":null,\"settled_until\":null}"));
  }

  @Test
  void aBackfillIsNotLeftAlone() {
    assertThat(orders("--wait=false"), is(2));
    assertThat(err(), containsString("--wait=false: is for streams"));
  }

  @Test
  void revisionsStartWhereTheUserSays() {
    assertThat(orders("--revision=7"), is(0));
    assertThat(out(), containsString("\"revision\":7"));
    assertThat(orders("--revision=-1"), is(2));
    assertThat(err(), containsString("--revision=-1: is below zero"));
  }

  @Test
  void aBackfillSaysWhatItChangesOfTheAnswersThatAreThere() throws IOException {
    String there = "files:" + folder + "/there";
    assertThat(orders("--answers=" + there), is(0));
    err.reset();
    // The fix: the second order was of two units. The last one has gone, and there is a new one.
    Files.writeString(
        folder.resolve("orders.jsonl"),
        order(1, "09:00:00")
            + order(2, "09:01:00").replace("\"quantity\":1", "\"quantity\":2")
            + order(4, "09:05:00"));

    assertThat(orders("--compareTo=" + there), is(0));

    assertThat(
        err(),
        is(
            "metrics, compared with "
                + there
                + ": same 1, changed 1, new 1, not in this backfill 1\n"
                + "  {\"dimension\":\"category\",\"name\":\"books\"} [2026-01-05T09:01:00.000Z,"
                + " 2026-01-05T09:02:00.000Z): average_order_minor was 100, is 200; gmv_minor was"
                + " 100, is 200; items was 1, is 2\n"
                + "totals, compared with "
                + there
                + ": same 0, changed 1, new 0, not in this backfill 0\n"
                + "  {\"dimension\":\"category\",\"name\":\"books\"} [2026-01-05T00:00:00.000Z,"
                + " 2026-01-06T00:00:00.000Z): average_order_minor was 100, is 133; gmv_minor was"
                + " 300, is 400; items was 3, is 4; last_order_at was \"2026-01-05T09:02:00.000Z\","
                + " is \"2026-01-05T09:05:00.000Z\"\n"
                + "orders: read 3 = aggregated 3 + dead-lettered 0 + late 0 + duplicate 0 +"
                + " filtered 0\n"));
  }

  @Test
  void copiesCountWhereTheUserSaysSo() {
    assertThat(orders("--unique=false"), is(0));

    assertThat(
        err(),
        endsWith(
            "orders: read 5 = aggregated 4 + dead-lettered 1 + late 0 + duplicate 0 + filtered"
                + " 0\n"));
  }

  @Test
  void eachOutputGoesWhereItsNameSaysAndDeadLettersBesideTheFirst() throws IOException {
    int exit =
        orders(
            "--topOrders=1",
            "--answers=files:" + folder + "/all?format=csv",
            "--answers=top=files:" + folder + "/best");

    assertThat(err(), exit, is(0));
    assertThat(out(), is(emptyString()));
    assertThat(
        err().lines().map(line -> line.substring(0, line.indexOf(':'))).toList(),
        contains("metrics", "top", "totals", "dead-letters", "ledger", "orders"));
    assertThat(lines("all/metrics").size() > 3, is(true));
    assertThat(lines("best/top"), hasSize(1));
    assertThat(lines("all/dead-letters"), hasSize(2));
    assertThat(Files.exists(folder.resolve("all/top")), is(false));
  }

  @Test
  void anOutputThatIsNamedLeavesTheOthersOnTheConsole() throws IOException {
    int exit = orders("--topOrders=1", "--answers=top=files:" + folder + "/best");

    assertThat(err(), exit, is(0));
    assertThat(lines("best/top"), hasSize(1));
    assertThat(out().lines().toList(), hasSize(4));
    assertThat(out().lines().toList(), everyItem(containsString("\"gmv_minor\":")));
    assertThat(Files.exists(folder.resolve("best/metrics")), is(false));
  }

  @Test
  void aLedgerIsOneFileHoweverManyTheAnswersAre() throws IOException {
    assertThat(orders("--answers=files:" + folder + "/many?shards=4"), is(0));

    try (Stream<Path> ledger = Files.list(folder.resolve("many/ledger"))) {
      assertThat(
          ledger
              .filter(Files::isRegularFile)
              .map(file -> file.getFileName().toString())
              .sorted()
              .toList(),
          is(List.of("_SUCCESS", "ledger-00000-of-00001.jsonl")));
    }
  }

  @Test
  void deadLettersGoElsewhereOnRequest() throws IOException {
    assertThat(orders("--deadLetters=files:" + folder + "/bad"), is(0));

    assertThat(lines("bad/dead-letters"), hasSize(1));
    assertThat(
        err(),
        is(
            "dead-letters: 1 row in 1 file of "
                + folder
                + "/bad/dead-letters: MALFORMED 1\n"
                + "orders: read 5 = aggregated 3 + dead-lettered 1 + late 0 + duplicate 1 +"
                + " filtered 0\n"));
  }

  @Test
  void refusesWhatCannotBeDoneBeforeAnythingRuns() {
    refused(
        "--answers=b: is a second URI without a name; say NAME=URI", "--answers=a", "--answers=b");
    refused("is a second URI for top; leave one of them out", "--answers=top=a", "--answers=top=b");
    refused(
        "means orders, which is named beside it; name both: NAME=URI",
        "--events=orders=" + folder.resolve("orders.jsonl"));
    refused(
        "--late=files:/late: is for streams: in a backfill nothing is late; leave it out",
        "--late=files:/late");
    refused(
        "--answers=best=a: knows no best; its names are [metrics, top, totals]",
        "--answers=best=a");
    refused(
        "knows no metrcs; its names are [metrics, top, totals]. Did you mean metrics?",
        "--answers=metrcs=a");
    refused("format=xml is not known; it is table or jsonl", "--answers=console?format=xml");
    refused("rows=many is not a number of rows, e.g. rows=20", "--answers=console?rows=many");
    refused("--deadLetters=console?rows=-1: rows=-1", "--deadLetters=console?rows=-1");
    refused("knows no parameter 'colour'; it takes [format, rows]", "--answers=console?colour=1");
    refused("--maxEventBytes=0: is not from 1 to", "--maxEventBytes=0");
    refused("--targetParallelism=0: leaves no worker", "--targetParallelism=0");
    refused("--map=ids=x: 'ids=x': OrderLine has no component 'ids'", "--map=ids=x");
    refused(
        "--until=2026-01-01T00:00:00Z: is not after --from=2026-01-01T00:00:00Z",
        "--from=2026-01-01T00:00:00Z",
        "--until=2026-01-01T00:00:00Z");
    assertThat(run("order-metrics"), is(2));
    assertThat(err(), is("dhara: --events: is missing; name a file, a glob or a topic\n"));
  }

  private void refused(String text, String... options) {
    assertThat(String.join(" ", options), orders(options), is(2));
    assertThat(err(), allOf(startsWith("dhara: --"), containsString(text)));
    assertThat(err().lines().toList(), hasSize(1));
    assertThat(out(), is(emptyString()));
  }

  @Test
  void whatCannotBeWrittenToIsRefusedBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");

    refused(
        file + " is a file, so nothing can be written below it", "--answers=files:" + file + "/x");
    refused("this jar has no file system for s3://", "--answers=files:s3://bucket/x");
    refused("this jar has no file system for gs://", "--deadLetters=files:gs://bucket/x");

    assertThat(Files.readString(file), is("no folder"));
  }

  @Test
  void aRunSaysWhatItWroteWhereAndMarksItWithItsLedger() throws IOException {
    Path all = folder.resolve("all");

    assertThat(orders("--answers=files:" + all), is(0));

    for (String name : List.of("metrics", "top", "dead-letters", "ledger")) {
      assertThat(
          Files.readString(all.resolve(name).resolve("_SUCCESS")),
          is(
              "{\"input\":\"orders\",\"revision\":0,\"read\":5,\"aggregated\":3,\"dead_lettered\":1,\"late\":0,\"duplicate\":1,\"filtered\":0,\"parsed\":4,\"in_range\":4,\"watermark\":null,\"settled_until\":null}\n"));
    }
    assertThat(
        err(),
        allOf(
            startsWith("metrics: 3 rows in "),
            containsString(" of " + all + "/metrics\ntop: 0 rows in 0 files of " + all + "/top\n"),
            containsString(
                "\ndead-letters: 1 row in 1 file of " + all + "/dead-letters: MALFORMED 1\n")));
    assertThat(orders("--answers=files:" + all), is(2));
    assertThat(
        err(),
        containsString(
            all + "/metrics holds files already; remove them, or name another folder\n"));
  }

  @Test
  void aRunWhoseEventsAreAllDeadFailsUnlessThatIsAllowed() throws IOException {
    Files.writeString(
        folder.resolve("other.jsonl"), order(1, "09:00:00").replace("unit_minor", "price"));
    String events = "--events=" + folder.resolve("other.jsonl") + "?check=no";
    String warning =
        "WARNING orders: not one of 1 events is in an answer; dead letters say why, and "
            + "--map maps fields with other names\n";

    assertThat(run("order-metrics", events, "--answers=files:" + folder + "/none"), is(1));
    assertThat(
        err(),
        containsString(
            warning
                + "dhara: orders: none of its events was used; with --allowUnused=true that is"
                + " fine\n"));
    assertThat(Files.exists(folder.resolve("none/metrics/_SUCCESS")), is(false));

    assertThat(
        run("order-metrics", events, "--answers=files:" + folder + "/fine", "--allowUnused=true"),
        is(0));
    assertThat(err(), containsString(warning));
    assertThat(Files.exists(folder.resolve("fine/metrics/_SUCCESS")), is(true));
  }

  @Test
  void aRunOutsideOfWhoseRangeAllEventsAreFailsAndOneWithoutEventsOnlyWarns() throws IOException {
    assertThat(orders("--from=2030-01-01T00:00:00Z"), is(1));
    assertThat(
        err(),
        containsString(
            "WARNING orders: not one of 5 events is in an answer; dead letters say why"));

    Files.writeString(folder.resolve("empty.jsonl"), "");
    assertThat(run("order-metrics", "--events=" + folder.resolve("empty.jsonl")), is(0));
    assertThat(err(), containsString("WARNING orders: no events were read\n"));
  }

  @Test
  void moreDeadLettersThanAllowedFailARunAndItsFolderIsNotMarked() {
    assertThat(orders("--maxDeadLetters=1"), is(0));
    assertThat(orders("--maxDeadLetters=20%"), is(0));
    assertThat(orders("--maxDeadLetters=0"), is(1));
    assertThat(
        err(),
        containsString(
            "dhara: orders: 1 of 5 events are dead letters, more than --maxDeadLetters=0"
                + " allows\n"));
    assertThat(
        orders("--maxDeadLetters=19.9%", "--answers=files:" + folder.resolve("dead")), is(1));
    assertThat(
        err(),
        containsString(
            "dhara: orders: 1 of 5 events are dead letters, more than --maxDeadLetters=19.9%"
                + " allows\n"));
    assertThat(Files.exists(folder.resolve("dead/metrics/_SUCCESS")), is(false));
    for (String wrong : List.of("-1", "101%", "1.5", "many", "%")) {
      refused("is neither a number nor a share", "--maxDeadLetters=" + wrong);
    }
  }

  @Test
  void aFileThatBreaksOffFailsTheRunAndLeavesNoAnswers() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(zipped)) {
      zip.write(Files.readAllBytes(folder.resolve("orders.jsonl")));
    }
    Path broken = folder.resolve("broken.jsonl.gz");
    Files.write(broken, Arrays.copyOf(zipped.toByteArray(), zipped.size() - 9));

    int exit = run("order-metrics", "--events=" + broken, "--answers=files:" + folder + "/all");

    assertThat(exit, is(1));
    assertThat(err(), containsString("cannot read " + broken + " to its end"));
    assertThat(finals(folder.resolve("all")), hasSize(0));
  }

  @Test
  void aRunThatIsKilledLeavesNoFileThatIsNotWhole() throws Exception {
    Path events = folder.resolve("many.jsonl");
    assertThat(run("generate", "order-metrics", "--count=15000", "--out=" + events), is(0));
    Path answers = folder.resolve("killed");
    Process process =
        fork(
            folder,
            "order-metrics",
            "--events=" + events,
            "--window=PT1S",
            "--by=city",
            "--answers=files:" + answers);
    boolean ended = false;
    while (!ended && parts(answers).isEmpty()) {
      ended = process.waitFor(1, TimeUnit.MILLISECONDS);
    }
    process.destroyForcibly();

    assertThat("was killed in the middle", process.waitFor(), is(not(0)));
    assertThat(run("reconcile", "files:" + answers, "files:" + answers), is(2));
    assertThat(err(), containsString(" is of a backfill that did not finish, started at "));
    for (Path file : finals(answers)) {
      String text = Files.readString(file);
      assertThat(file.toString(), text, endsWith("}\n"));
    }
    assertThat(orders("--answers=files:" + folder.resolve("again")), is(0));
  }

  @Test
  void withoutArgumentsItShowsATableWhereverItsOutputGoes() throws Exception {
    Process process = fork(root());
    process.getOutputStream().close();

    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shown, process.waitFor(), is(0));
    assertThat(
        shown,
        allOf(
            containsString("dimension  name"),
            containsString("… and "),
            containsString("all of them with --answers=\"console?format=table&rows=0\""),
            containsString("rank  product"),
            containsString("dead letter "),
            containsString("orders: read 3,097 = aggregated 3,000"),
            containsString("Try next:"),
            not(containsString("{\""))));
    assertThat(shown.indexOf("orders: read") < shown.indexOf("Try next:"), is(true));
  }

  /** A process of its own, without a locale, both streams in one. */
  private static Process fork(Path workingFolder, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // short runs: half of their time was the compiler's
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "dhara.tools.Dhara"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(workingFolder.toFile()).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  private static Path root() {
    Path path = Path.of("").toAbsolutePath();
    while (!Files.exists(path.resolve("test-data/order-metrics/orders.jsonl"))) {
      path = path.getParent();
    }
    return path;
  }

  private int orders(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("order-metrics", "--events=" + folder.resolve("orders.jsonl")));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
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

  private List<String> lines(String name) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : finals(folder.resolve(name))) {
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }

  /** Files of rows under a final name. */
  private static List<Path> finals(Path below) throws IOException {
    return files(below).stream()
        .filter(file -> !isPart(file) && !file.getFileName().toString().startsWith("_"))
        .toList();
  }

  /** Files under a temporary name. */
  private static List<Path> parts(Path below) throws IOException {
    return files(below).stream().filter(CommandTest::isPart).toList();
  }

  private static boolean isPart(Path file) {
    return file.toString().contains(File.separator + ".temp");
  }

  private static List<Path> files(Path below) throws IOException {
    if (!Files.exists(below)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
